/** Where a scope keeps what it goes by: out of the way of JSON and of `console.log`. */
export const GROUNDS = Symbol.for("burgee.grounds.v1");

/** What a scope goes by. */
export interface Grounds {
  /** The id of the revision; undefined before the first. */
  readonly revision: string | undefined;
  /** Who is asking. */
  targetingKey(): string | undefined;
  /** How many changes its Flags had told of when it was opened. */
  readonly changes: number;
}

/** What a scope goes by; undefined for one of another package's making. */
export function groundsOf(scope: object): Grounds | undefined {
  return (scope as { readonly [GROUNDS]?: Grounds })[GROUNDS];
}

/**
 * How many changes the scope's Flags had told of when it was opened: whether a scope has seen what an
 * observer was told is a comparison of two such counts.
 *
 * @returns undefined for a scope that `createFlags` has not opened
 *
 * @example
 * ```ts
 * import { changesBefore, type Flags } from "@burgee/core";
 *
 * export function isOutdated(flags: Flags, scope: object): boolean {
 *   return changesBefore(scope) !== changesBefore(flags.scope({}));
 * }
 * ```
 */
export function changesBefore(scope: object): number | undefined {
  return groundsOf(scope)?.changes;
}
