import type { EvaluationContext } from "./context.js";

/** Where a scope keeps what it goes by: out of the way of JSON and of `console.log`. */
export const GROUNDS = Symbol.for("burgee.grounds.v1");

/** What a scope goes by. */
export interface Grounds {
  /** The id of the revision; undefined before the first. */
  readonly revision: string | undefined;
  /** Who is asking. */
  targetingKey(): string | undefined;
  /** The context that its reads have gone by; undefined while none has asked for one. */
  readonly context: EvaluationContext | undefined;
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

/**
 * The id of the revision that a scope goes by, for observers: an exposure's, for one.
 *
 * @returns undefined before the first revision, and for a scope that `createFlags` has not opened
 *
 * @example
 * ```ts
 * import { type Flags, revisionOf } from "@burgee/core";
 *
 * export function logReads(flags: Flags) {
 *   return flags.observe({
 *     exposure: ({ flag, variant, scope }) => console.log(flag, variant, revisionOf(scope)),
 *   });
 * }
 * ```
 */
export function revisionOf(scope: object): string | undefined {
  return groundsOf(scope)?.revision;
}

/**
 * Who is asking, as far as a scope's reads have asked for it, for observers: it changes nothing of
 * when the context is read. It is personal data.
 *
 * @returns undefined for nobody in particular, while no read has asked for the context (a flag with
 * `context: "none"` does not), and for a scope that `createFlags` has not opened
 */
export function targetingKeyOf(scope: object): string | undefined {
  return groundsOf(scope)?.context?.targetingKey;
}
