import { BurgeeError, type FlagKey, type VariantName } from "@burgee/core";
import type { RequestHandler } from "express";
import { withScope } from "./request.js";

/**
 * Answers with the handler of the flag's variant: two handlers that both do the work make a fair
 * comparison.
 *
 * @example
 * ```ts
 * import { byVariant } from "@burgee/express";
 * import express from "express";
 *
 * const app = express();
 * app.get(
 *   "/search",
 *   byVariant("search-ranking", {
 *     bm25: (req, res) => res.json({ ranked: "by words", query: req.query["q"] }),
 *     hybrid: (req, res) => res.json({ ranked: "by meaning", query: req.query["q"] }),
 *   }),
 * );
 * ```
 */
export function byVariant<Key extends FlagKey>(
  key: Key,
  handlers: { readonly [Name in VariantName<Key>]: RequestHandler },
): RequestHandler {
  return (request, response, next) =>
    withScope(request, next, `byVariant(${JSON.stringify(key)})`, (scope) => {
      const handler = scope.choose(key, handlers);
      if (handler === undefined) {
        const what = `byVariant(${JSON.stringify(key)}) has no handler for the safe variant.`;
        return next(new BurgeeError("NO_HANDLER", what, { flag: key }));
      }
      return handler(request, response, next);
    });
}
