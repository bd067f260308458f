import type { Definitions, FlagScope, Flags } from "@burgee/core";
import { runInScope } from "@burgee/core/ambient";
import {
  checkRequestOptions,
  openOnRequest,
  type RequestScopeOptions,
  scopeOn,
} from "@burgee/core/node";
import type { Request, RequestHandler } from "express";

declare module "express-serve-static-core" {
  interface Request {
    /** The request's flags; there once `flagMiddleware` has run. */
    flags: FlagScope;
  }
}

/** Options of {@link flagMiddleware}. */
export interface FlagMiddlewareOptions extends RequestScopeOptions<Request> {}

/**
 * Gives each request its flags: one scope as `req.flags`, and as the current scope of everything
 * the request awaits. It settles once, when the response closes. Mounted again, it goes on in the
 * scope that the request has.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for names that no cookie or header can have
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { flagMiddleware } from "@burgee/express";
 * import { fileStore } from "@burgee/stores/file";
 * import express from "express";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 *
 * const app = express();
 * app.use(flagMiddleware(flags, { context: (req) => ({ targetingKey: req.get("x-user") }) }));
 * ```
 */
export function flagMiddleware<D extends Definitions>(
  flags: Flags<D>,
  options: FlagMiddlewareOptions = {},
): RequestHandler {
  checkRequestOptions(options);
  let given: unknown;
  return (request, response, next) => {
    const carried = scopeOn(request);
    if (carried !== undefined) return runInScope(carried, next);
    const prototype = Object.getPrototypeOf(request);
    if (prototype !== given && !("flags" in prototype)) giveFlags(prototype);
    given = prototype;
    const enter = (scope: FlagScope<D>): void => runInScope(scope, next);
    const opened = openOnRequest(flags, options, request, response, request);
    if (opened instanceof Promise) opened.then(enter).catch(next);
    else enter(opened);
  };
}

/** Gives all requests of an application their `flags`: adding a property to each is slow. */
function giveFlags(prototype: object): void {
  Object.defineProperty(prototype, "flags", {
    configurable: true,
    get(this: Request) {
      return scopeOn(this);
    },
  });
}
