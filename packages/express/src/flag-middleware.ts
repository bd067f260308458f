import type { ContextInput, Definitions, FlagScope, Flags } from "@burgee/core";
import { runInScope } from "@burgee/core/ambient";
import type { Request, RequestHandler, Response } from "express";
import { carry, scopeOf } from "./request.js";

declare module "express-serve-static-core" {
  interface Request {
    /** The request's flags; there once `flagMiddleware` has run. */
    flags: FlagScope;
  }
}

/** Options of {@link flagMiddleware}. */
export interface FlagMiddlewareOptions {
  /**
   * Who is asking. A function runs when the request first reads a flag, so it sees what middleware
   * mounted later has found (`req.user`); one written `async` is awaited before the next handler.
   *
   * @default an anonymous context
   */
  readonly context?: ContextInput<Request>;
}

/**
 * Gives each request its flags: one scope as `req.flags`, and as the current scope of everything
 * the request awaits. It settles once, when the response closes.
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
  { context = {} }: FlagMiddlewareOptions = {},
): RequestHandler {
  return (request, response, next) => {
    if (scopeOf(request) !== undefined) return next();
    const opened = flags.open(context, { input: request });
    const enter = (scope: FlagScope<D>): void => {
      carry(request, scope as unknown as FlagScope);
      if (response.closed) settle(request, response);
      else response.once("close", settleOnClose);
      runInScope(scope, next);
    };
    if (opened instanceof Promise) opened.then(enter).catch(next);
    else enter(opened);
  };
}

/** One listener for all responses, so that none is made per request. */
function settleOnClose(this: Response): void {
  settle(this.req, this);
}

function settle(request: Request, response: Response): void {
  const scope = scopeOf(request);
  if (response.errored) scope?.fail(response.errored);
  if (response.statusCode >= 500) scope?.settle({ errorType: String(response.statusCode) });
  else scope?.settle({ aborted: !response.writableFinished });
}
