import type { EvaluationContext } from "./context.js";
import type { EvaluationDetails } from "./details.js";
import type { FlagMetadata } from "./flag-set.js";
import type { JsonValue } from "./json.js";
import type { Observers } from "./observer.js";

/** Where a scope keeps what it goes by: out of the way of JSON and of `console.log`. */
export const GROUNDS = Symbol.for("burgee.grounds.v1");

/** What a scope goes by. */
export interface Grounds {
  /** The id of the revision; undefined before the first. */
  readonly revision: string | undefined;
  /** Who is asking; where nobody is known, which visitor. */
  asking(): string | undefined;
  /** The context that its reads have gone by; undefined while none has asked for one. */
  readonly context: EvaluationContext | undefined;
  /** How many changes its Flags had told of when it was opened. */
  readonly changes: number;
  /** The flag set, as it decides here; undefined before the first revision. */
  flagSet(): ScopedFlagSet | undefined;
  /** Whom it tells of what is read: those of the Flags that opened it. */
  readonly observers: Observers;
  /**
   * Reads a flag as somebody who knows more of who asks, and counts it here. A flag that is not defined
   * in code is decided by the flag set alone.
   *
   * @param more attributes that go over the scope's own
   * @returns undefined before the first revision, for a flag that is not defined
   */
  read(key: string, more: EvaluationContext): UndefaultedDetails | undefined;
}

/** What is decided for a caller that has a default of its own: where there is no value, that serves. */
export type UndefaultedDetails = EvaluationDetails<JsonValue | undefined>;

/** A flag set, as it decides in one scope. */
export interface ScopedFlagSet {
  /** The set's own metadata. */
  readonly metadata: FlagMetadata;
  /** Decides a flag of the set. */
  evaluate(key: string): UndefaultedDetails;
  /** Decides every flag of the set, by its key. */
  evaluateAll(): ReadonlyMap<string, UndefaultedDetails>;
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

/**
 * The flag set that a scope goes by, all of it: for callers elsewhere, which may read flags that are
 * not defined here, and have defaults of their own. It decides as a {@link Ruleset} does without a
 * default, but for what is overridden, pinned, or past its `maxStaleness` (reason `STALE`, no value).
 * It is no exposure.
 *
 * @returns undefined before the first revision, and for a scope that `createFlags` has not opened
 *
 * @example
 * ```ts
 * import { type Flags, flagSetIn } from "@burgee/core";
 *
 * export function valuesFor(flags: Flags, targetingKey: string): Record<string, unknown> {
 *   const all = flagSetIn(flags.scope({ targetingKey }))?.evaluateAll() ?? new Map();
 *   return Object.fromEntries([...all].map(([key, { value }]) => [key, value]));
 * }
 * ```
 */
export function flagSetIn(scope: object): ScopedFlagSet | undefined {
  return groundsOf(scope)?.flagSet();
}
