import type { IncomingMessage, ServerResponse } from "node:http";
import { scopeOn } from "./carried.js";
import type { FlagScope } from "./scope.js";

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
  const scope = scopeOn(request);
  if (scope === undefined) return;
  if (response.destroyed) return settle(scope, response);
  response.on("close", () => settle(scope, response));
  scope.watch(response);
}

/** A response is asked little: each look through Express's prototypes takes half a microsecond. */
function settle(scope: FlagScope, response: ServerResponse): void {
  const aborted = !response.writableFinished;
  if (aborted && response.errored) scope.fail(response.errored);
  const { statusCode } = response;
  if (statusCode >= 500) scope.settle({ errorType: String(statusCode) });
  else scope.settle(aborted ? { aborted, headersSent: response.headersSent } : {});
}
