import type { IncomingMessage, ServerResponse } from "node:http";
import { carryScope } from "./carried.js";
import type { Definitions } from "./define.js";
import type { Flags } from "./flags.js";
import { openFromHeaders, type RequestScopeOptions } from "./open-from-headers.js";
import type { FlagScope } from "./scope.js";
import { settleOnClose } from "./settle-on-close.js";

/**
 * Opens the scope of a request: the request carries it, and it settles once, when the response
 * closes. A promise only where something has to be awaited.
 *
 * @param input what the context function is given: the framework's request
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { openOnRequest } from "@burgee/core/node";
 * import { createServer } from "node:http";
 *
 * export function serve(flags: Flags) {
 *   return createServer(async (request, response) => {
 *     const scope = await openOnRequest(flags, {}, request, response, request);
 *     response.end(String(scope.get("new-checkout")));
 *   });
 * }
 * ```
 */
export function openOnRequest<D extends Definitions, Input>(
  flags: Flags<D>,
  options: RequestScopeOptions<Input>,
  request: IncomingMessage,
  response: ServerResponse,
  input: Input,
): FlagScope<D> | Promise<FlagScope<D>> {
  const opened = openFromHeaders(flags, options, request, input, response);
  if (opened instanceof Promise) return opened.then((scope) => begin(scope, request, response));
  return begin(opened, request, response);
}

function begin<D extends Definitions>(
  scope: FlagScope<D>,
  request: IncomingMessage,
  response: ServerResponse,
): FlagScope<D> {
  carryScope(request, scope as unknown as FlagScope);
  settleOnClose(request, response);
  return scope;
}
