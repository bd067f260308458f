import { AMBIENT, type AmbientHolder } from "./ambient-holder.js";
import type { EvaluationContext } from "./context.js";
import type { Definitions } from "./define.js";
import { type EvaluationDetails, failure } from "./details.js";
import { flagSetIn, type Grounds, groundsOf, type UndefaultedDetails } from "./grounds.js";
import type { TrackedEvent } from "./observer.js";
import { signingOf } from "./signing.js";

/** Flags, whatever their definitions. */
export interface ReadableFlags {
  readonly definitions: Definitions;
  open(context: EvaluationContext): AnyScope | Promise<AnyScope>;
}

interface AnyScope {
  peek(key: never): EvaluationDetails;
}

/**
 * Reads a flag for a caller by another standard, that knows no scopes. In work that has a scope of
 * these Flags it reads there: by the scope's revision, moment, overrides and context, with the caller's
 * attributes over that, and it counts as an exposure. Elsewhere it is no exposure.
 *
 * A flag that is defined in code is what a scope would give; any other, what the flag set alone decides,
 * without a value where the caller's default is to serve. Never rejects.
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { readAs } from "@burgee/core/provider";
 *
 * export async function isOn(flags: Flags, key: string, user: string): Promise<boolean> {
 *   const { value, errorCode } = await readAs(flags, key, { targetingKey: user });
 *   return errorCode === undefined && value === true;
 * }
 * ```
 */
export async function readAs(
  flags: ReadableFlags,
  key: string,
  context: EvaluationContext,
): Promise<UndefaultedDetails> {
  const scope = currentScopeOf(flags);
  if (scope !== undefined) return (groundsOf(scope) as Grounds).read(key, context) ?? NOT_READY;
  const opened = await flags.open(context);
  if (Object.hasOwn(flags.definitions, key)) return opened.peek(key as never);
  return flagSetIn(opened)?.evaluate(key) ?? NOT_READY;
}

/**
 * Tells the observers of what somebody did, and of the scope it happened in, if there is one.
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { track } from "@burgee/core/provider";
 *
 * export function noteOrder(flags: Flags, user: string, amount: number): void {
 *   track(flags, { name: "order", context: { targetingKey: user }, value: amount, details: {} });
 * }
 * ```
 */
export function track(flags: object, event: Omit<TrackedEvent, "scope">): void {
  signingOf(flags)?.observers.tell("tracked", { ...event, scope: currentScopeOf(flags) });
}

/** The scope of the work that is running, if these Flags opened it. */
function currentScopeOf(flags: object): object | undefined {
  const scope = (globalThis as AmbientHolder)[AMBIENT]?.getStore();
  if (scope === undefined) return undefined;
  const observers = groundsOf(scope)?.observers;
  return observers !== undefined && observers === signingOf(flags)?.observers ? scope : undefined;
}

const NOT_READY: UndefaultedDetails = Object.freeze(
  failure(undefined, "PROVIDER_NOT_READY", "no revision has arrived yet", {}),
);
