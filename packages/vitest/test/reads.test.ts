import { AsyncResource } from "node:async_hooks";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { flagMiddleware } from "@burgee/express";
import { flagTest } from "@burgee/vitest";
import express from "express";
import { expect, onTestFinished } from "vitest";
import { openShop } from "./shop.js";

/** A server whose requests are in no frame of this test. */
async function listenOutside(flags: ReturnType<typeof openShop>) {
  const app = express();
  app.use(flagMiddleware(flags));
  app.get("/", (request, response) => response.json(request.flags.get("search-ranking")));
  const server = await outside(async () => {
    const listening = app.listen(0, "127.0.0.1");
    await once(listening, "listening");
    return listening;
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs work as it would run before any test. */
const outside = AsyncResource.bind(<Result>(work: () => Result) => work());

flagTest(
  "a read of a server that listens since before the test is the test's, if it runs alone",
  async () => {
    const flags = openShop();
    const url = await listenOutside(flags);
    expect(await (await fetch(url)).json()).toBe("bm25");
    expect(flags).toHaveExposed("search-ranking", "bm25");
  },
);
