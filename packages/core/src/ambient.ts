import { AsyncLocalStorage } from "node:async_hooks";
import { AMBIENT, type AmbientHolder } from "./ambient-holder.js";
import type { FlagScope } from "./scope.js";

const holder = globalThis as AmbientHolder;
holder[AMBIENT] ??= new AsyncLocalStorage<object>();
const storage = holder[AMBIENT];

/**
 * Runs work in which a scope is the current one, across everything the work awaits.
 *
 * @example
 * ```ts
 * import { currentScope, runInScope } from "@burgee/core/ambient";
 * import type { Flags } from "@burgee/core";
 *
 * export function handle(flags: Flags) {
 *   return runInScope(flags.scope({ targetingKey: "user-1" }), async () => {
 *     currentScope()?.get("new-checkout");
 *   });
 * }
 * ```
 */
export function runInScope<Result>(scope: object, work: () => Result): Result {
  return storage.run(scope, work);
}

/** The scope of the work that is running, wherever it reads this; undefined outside of any. */
export function currentScope(): FlagScope | undefined {
  return storage.getStore() as FlagScope | undefined;
}
