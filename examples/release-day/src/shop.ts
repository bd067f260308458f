import { fileURLToPath } from "node:url";
import type { Flags } from "@burgee/core";
import { byVariant, flagErrors, flagMiddleware, flagRouter } from "@burgee/express";
import { formatTable, type Monitor } from "@burgee/monitor";
import express, { type ErrorRequestHandler, type Express } from "express";
import { mendedCheckout, newCheckout, oldCheckout, withMoodyBank } from "./checkout.js";
import { lastFailure } from "./last-failure.js";
import { renderPage } from "./page/render.js";
import { searchByPopularity, searchByWords } from "./search.js";
import { type Telemetry, traced } from "./telemetry.js";

/** The shop's parts. */
export interface ShopParts {
  readonly flags: Flags;
  readonly monitor: Monitor;
  readonly telemetry: Telemetry;
  /** Whether the new checkout is mended; then the bank is moody, so that both fail now and then. */
  readonly healthy: boolean;
}

/** The shop: two routes behind flags, and a page that shows them. */
export function createShop({ flags, monitor, telemetry, healthy }: ShopParts): Express {
  const checkouts = healthy
    ? { on: withMoodyBank(mendedCheckout), off: withMoodyBank(oldCheckout) }
    : { on: newCheckout, off: oldCheckout };
  const app = express();
  app.use(["/checkout", "/search"], traced);
  app.use(express.json());
  app.use(flagMiddleware(flags, { context: (req) => ({ targetingKey: req.get("x-user") }) }));
  app.post("/checkout", byVariant("new-checkout", checkouts));
  app.get(
    "/search",
    byVariant("search-ranking", { words: searchByWords, popular: searchByPopularity }),
  );
  app.get("/", renderPage(flags));
  app.get("/variants", (_request, response) => {
    response.type("text").send(formatTable(monitor.snapshot()));
  });
  app.get("/last-failure", (_request, response) => {
    response.type("text").send(lastFailure("new-checkout", monitor.snapshot(), telemetry));
  });
  app.use("/public", express.static(fileURLToPath(new URL("public", import.meta.url))));
  app.use("/flags", flagRouter(flags));
  app.use(flagErrors());
  app.use(sorry);
  return app;
}

const sorry: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(500).json({ error: "Sorry, that did not work." });
};
