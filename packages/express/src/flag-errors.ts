import { scopeOn } from "@burgee/core/node";
import type { ErrorRequestHandler } from "express";

/**
 * Notes each error against the variants its request has read, and passes it on untouched. Mount
 * it after the routes, before the application's own error handlers. An error that says it is the
 * client's (a `status` of 400 to 499) is not noted.
 *
 * @example
 * ```ts
 * import { flagErrors } from "@burgee/express";
 * import express from "express";
 *
 * const app = express();
 * app.get("/", () => {
 *   throw new Error("counted against every variant that the request has read");
 * });
 * app.use(flagErrors());
 * ```
 */
export function flagErrors(): ErrorRequestHandler {
  return (error: unknown, request, _response, next) => {
    if (!isClientError(error)) scopeOn(request)?.fail(error);
    next(error);
  };
}

function isClientError(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { status, statusCode = status } = error as { status?: unknown; statusCode?: unknown };
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500;
}
