import { BurgeeError, type FlagScope } from "@burgee/core";
import { currentScope, runInScope } from "@burgee/core/ambient";
import { scopeOn } from "@burgee/core/node";
import type { NextFunction, Request } from "express";

/**
 * Goes on in the request's scope, also where a callback of other middleware has lost it, and hands
 * rejections to `next`, which Express 4 does not. Without a scope it fails, saying how to get one.
 *
 * @param guard who asks, for the message
 */
export function withScope(
  request: Request,
  next: NextFunction,
  guard: string,
  go: (scope: FlagScope) => unknown,
): void {
  const scope = scopeOn(request);
  if (scope === undefined) {
    return next(new BurgeeError("NO_SCOPE", `${guard} found no flags on the request.`));
  }
  const gone = currentScope() === scope ? go(scope) : runInScope(scope, () => go(scope));
  if (isThenable(gone))
    gone.then(undefined, (error) => next(error ?? new Error(`${guard} rejected.`)));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
