import type { Flags } from "@burgee/core";
import { byVariant, flagErrors, flagMiddleware } from "@burgee/express";
import express, { type ErrorRequestHandler, type Express } from "express";
import { newCheckout, oldCheckout } from "./checkout.js";
import type { definitions } from "./flags.js";
import { searchByPopularity, searchByWords } from "./search.js";

/** The shop: two routes behind flags. */
export function createShop(flags: Flags<typeof definitions>): Express {
  const app = express();
  app.use(express.json());
  app.use(flagMiddleware(flags, { context: (req) => ({ targetingKey: req.get("x-user") }) }));
  app.post("/checkout", byVariant("new-checkout", { on: newCheckout, off: oldCheckout }));
  app.get(
    "/search",
    byVariant("search-ranking", { words: searchByWords, popular: searchByPopularity }),
  );
  app.use(flagErrors());
  app.use(sorry);
  return app;
}

const sorry: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(500).json({ error: "Sorry, that did not work." });
};
