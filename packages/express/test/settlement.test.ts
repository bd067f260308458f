import { once } from "node:events";
import { get, type IncomingMessage, request as send } from "node:http";
import { pipeline, Readable } from "node:stream";
import type { Outcome } from "@burgee/core";
import { flagErrors, flagMiddleware } from "@burgee/express";
import express, { type Express, type Request, type RequestHandler } from "express";
import { expect, test } from "vitest";
import { onOff, openShop, type Shop, serve } from "./shop.js";

class PaymentDeclined extends Error {}

class NotYours extends Error {
  readonly status = 403;
}

/** How a handler may end, and the outcome it settles with. */
const endings: readonly [string, RequestHandler, Partial<Outcome>][] = [
  ["an answer", (_request, response) => void response.json({}), { status: "ok" }],
  ["an empty answer", (_request, response) => void response.status(204).end(), { status: "ok" }],
  ["a 404", (_request, response) => void response.sendStatus(404), { status: "ok" }],
  ["no handler", (_request, _response, next) => next("route"), { status: "ok" }],
  ["a redirect", (_request, response) => response.redirect("/elsewhere"), { status: "ok" }],
  [
    "a 503",
    (_request, response) => void response.sendStatus(503),
    { status: "error", errorType: "503" },
  ],
  [
    "a throw",
    () => {
      throw new PaymentDeclined("card 4242");
    },
    { status: "error", errorType: "PaymentDeclined" },
  ],
  [
    "a rejection",
    async () => {
      throw new TypeError("no total");
    },
    { status: "error", errorType: "TypeError" },
  ],
  [
    "an error passed on",
    (_request, _response, next) => next(new RangeError("too many")),
    { status: "error", errorType: "RangeError" },
  ],
  [
    "something thrown that is no error",
    (_request, _response, next) => next("oh"),
    { errorType: "_OTHER" },
  ],
  [
    "an error of the client's",
    (_request, _response, next) => next(new NotYours("no")),
    { status: "ok" },
  ],
  [
    "a stream",
    (_request, response) => void pipeline(Readable.from(["a", "b"]), response, () => {}),
    { status: "ok" },
  ],
  [
    "a stream that breaks",
    (_request, response) => {
      const broken = new Readable({ read() {} });
      pipeline(broken, response, () => {});
      broken.push("a");
      setImmediate(() => broken.destroy(new RangeError("the disk is gone")));
    },
    { status: "error", errorType: "RangeError" },
  ],
  [
    "an error after the headers",
    (_request, response, next) => {
      response.write("a");
      next(new RangeError("too late"));
    },
    { status: "error", errorType: "RangeError" },
  ],
  ["a response destroyed", (_request, response) => void response.destroy(), { status: "aborted" }],
  [
    "a response destroyed with an error",
    (_request, response) => void response.destroy(new RangeError("gone")),
    { status: "error", errorType: "RangeError" },
  ],
];

async function open(handler: RequestHandler): Promise<{ shop: Shop; url: string }> {
  const shop = openShop({ "new-checkout": onOff("on") });
  const app: Express = express();
  app.use(flagMiddleware(shop.flags));
  app.all("/", (request, _response, next) => {
    request.flags.get("new-checkout");
    next();
  });
  app.all("/", handler);
  app.use(flagErrors());
  app.use(((_error, _request, response, next) => {
    if (response.headersSent) next(_error);
    else response.sendStatus(_error.status ?? 500);
  }) satisfies express.ErrorRequestHandler);
  return { shop, url: await serve(app) };
}

test.each(endings)("%s settles once", async (_name, handler, outcome) => {
  const { shop, url } = await open(handler);
  for (const method of ["GET", "POST", "HEAD"]) {
    await fetch(url, { method, redirect: "manual" })
      .then((response) => response.text())
      .catch(() => {});
  }
  await shop.settled(3);
  await fetch(`${url}/elsewhere`); // whatever would settle a second time has had its turn
  await shop.settled(4);
  expect(shop.settlements).toHaveLength(4);
  for (const settlement of shop.settlements.slice(0, 3)) {
    expect(settlement.outcome).toMatchObject(outcome);
    expect(settlement.outcome.duration).toBeGreaterThanOrEqual(0);
    expect(settlement.exposures.map(({ flag, variant }) => [flag, variant])).toEqual([
      ["new-checkout", "on"],
    ]);
  }
});

test("a client that goes away before the answer settles as aborted", async () => {
  const { shop, url } = await open(() => {});
  const request = get(url);
  request.on("error", () => {});
  await once(request, "socket");
  await new Promise((resolve) => request.on("finish", resolve));
  setImmediate(() => request.destroy());
  await shop.settled(1);
  expect(shop.settlements[0]?.outcome.status).toBe("aborted");
});

test("a client that goes away in the middle of a stream settles as aborted", async () => {
  const { shop, url } = await open((_request, response) => void response.write("a"));
  const request = send(url).end();
  request.on("error", () => {});
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
  response.destroy();
  await shop.settled(1);
  expect(shop.settlements[0]?.outcome.status).toBe("aborted");
});

test("a request that reads no flag settles without exposures", async () => {
  const shop = openShop();
  const app = express();
  app.use(flagMiddleware(shop.flags));
  await fetch(await serve(app));
  await shop.settled(1);
  expect(shop.settlements[0]).toMatchObject({ exposures: [], outcome: { status: "ok" } });
});

test("a response that closed while its context was awaited still settles", async () => {
  const shop = openShop();
  const app = express();
  const context = async ({ res: response }: Request) => {
    if (response !== undefined) await once(response, "close");
    return {};
  };
  app.use((_request, response, next) => {
    next();
    response.destroy();
  });
  app.use(flagMiddleware(shop.flags, { context }));
  await fetch(await serve(app)).catch(() => {});
  await shop.settled(1);
  expect(shop.settlements[0]?.outcome.status).toBe("aborted");
});
