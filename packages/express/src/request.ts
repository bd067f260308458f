import { BurgeeError, type FlagScope } from "@burgee/core";
import { currentScope, runInScope } from "@burgee/core/ambient";
import type { NextFunction, Request } from "express";

/** Where a request carries its scope: a place that no other middleware writes. */
const SCOPE = Symbol.for("burgee.express.scope");

interface Carrier {
  [SCOPE]?: FlagScope;
}

/** The request's scope, if the middleware ran. */
export function scopeOf(request: Request): FlagScope | undefined {
  return (request as Carrier)[SCOPE];
}

/** Gives the request its scope. */
export function carry(request: Request, scope: FlagScope): void {
  (request as Carrier)[SCOPE] = scope;
  request.flags = scope;
}

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
  const scope = scopeOf(request);
  if (scope === undefined) {
    return next(new BurgeeError("NO_SCOPE", `${guard} found no flags on the request.`));
  }
  const gone = currentScope() === scope ? go(scope) : runInScope(scope, () => go(scope));
  if (gone instanceof Promise) gone.catch(next);
}
