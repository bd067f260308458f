import type { FlagKey, GateVariants } from "@burgee/core";
import type { RequestHandler } from "express";
import { withScope } from "./request.js";

/** Options of {@link requireFlag}. */
export type RequireFlagOptions<Key extends FlagKey> = GateVariants<Key> & {
  /**
   * What answers while the gate is closed: a status, a redirect, or a handler (`next("route")`).
   *
   * @default 404
   */
  readonly otherwise?: number | { readonly redirect: string } | RequestHandler;
};

/** A flag that is not on/off has to say which variants open its gate. */
type RequireFlagArguments<Key extends FlagKey> =
  Record<never, never> extends GateVariants<Key>
    ? [options?: RequireFlagOptions<Key>]
    : [options: RequireFlagOptions<Key>];

/**
 * Lets requests pass while a flag is on; without `is`, while its value is `true`. Its exposures are
 * marked `gated`, since a gate's answer cannot fail as what is behind it can.
 *
 * @example
 * ```ts
 * import { requireFlag } from "@burgee/express";
 * import express from "express";
 *
 * const app = express();
 * app.post("/checkout", requireFlag("new-checkout"), (_req, res) => res.json({ order: 1 }));
 * app.get("/beta", requireFlag("beta", { otherwise: { redirect: "/" } }));
 * app.get("/search", requireFlag("search-ranking", { is: ["hybrid", "vector"], otherwise: 403 }));
 * ```
 */
export function requireFlag<Key extends FlagKey>(
  key: Key,
  ...[options]: RequireFlagArguments<Key>
): RequestHandler {
  const { is, otherwise = 404 } = (options ?? {}) as RequireFlagOptions<Key>;
  return (request, response, next) =>
    withScope(request, next, `requireFlag(${JSON.stringify(key)})`, (scope) => {
      if (scope.gate(key, is)) return next();
      if (typeof otherwise === "number") return response.sendStatus(otherwise);
      if (typeof otherwise === "object") return response.redirect(otherwise.redirect);
      return otherwise(request, response, next);
    });
}
