import { AsyncLocalStorage } from "node:async_hooks";
import type { FlagScope } from "@burgee/core";
import { currentScope, runInScope } from "@burgee/core/ambient";
import { DEFAULT_NAME } from "./tokens.js";

/** The current scopes of named flags; that of unnamed ones is core's own. */
const named = new AsyncLocalStorage<ReadonlyMap<string, FlagScope>>();

/** Runs work in which a scope is the current one of the flags of that name. */
export function enter<Result>(name: string, scope: FlagScope, work: () => Result): Result {
  if (name === DEFAULT_NAME) return runInScope(scope, work);
  return named.run(new Map([...(named.getStore() ?? []), [name, scope]]), work);
}

/** The current scopes, of whatever flags. */
export function currentScopes(): readonly FlagScope[] {
  const scope = currentScope();
  return [...(scope === undefined ? [] : [scope]), ...(named.getStore()?.values() ?? [])];
}

/** The current scope of the flags of that name. */
export function currentOf(name: string): FlagScope | undefined {
  return name === DEFAULT_NAME ? currentScope() : named.getStore()?.get(name);
}
