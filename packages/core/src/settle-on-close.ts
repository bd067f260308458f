import type { IncomingMessage, ServerResponse } from "node:http";
import { scopeOn } from "./carried.js";

/**
 * Settles the scope that a request carries once its response closes (at once, if it has closed), or
 * when the time for work is up before the headers are sent. The outcome is the error noted, else the
 * response's own, else a status of 500 or more; a response that closed before it was finished is
 * aborted.
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { carryScope, settleOnClose } from "@burgee/core/node";
 * import { createServer } from "node:http";
 *
 * export function serve(flags: Flags) {
 *   return createServer((request, response) => {
 *     carryScope(request, flags.scope({}));
 *     settleOnClose(request, response);
 *     response.end();
 *   });
 * }
 * ```
 */
export function settleOnClose(request: IncomingMessage, response: ServerResponse): void {
  if (response.closed) {
    settle(request, response);
  } else {
    response.once("close", settleClosed);
    scopeOn(request)?.watch(response);
  }
}

/** One listener for all responses, so that none is made per request. */
function settleClosed(this: ServerResponse): void {
  settle(this.req, this);
}

function settle(request: IncomingMessage, response: ServerResponse): void {
  const scope = scopeOn(request);
  if (response.errored) scope?.fail(response.errored);
  if (response.statusCode >= 500) scope?.settle({ errorType: String(response.statusCode) });
  else scope?.settle({ aborted: !response.writableFinished });
}
