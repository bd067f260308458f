import { once } from "node:events";
import { type ClientRequest, get, type IncomingMessage, request as send } from "node:http";
import { connect } from "node:net";
import { pipeline, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Outcome } from "@burgee/core";
import { byVariant, flagErrors, flagMiddleware, requireFlag } from "@burgee/express";
import compression from "compression";
import type express5 from "express";
import type { ErrorRequestHandler, Express, Request, RequestHandler } from "express";
import { describe, expect, test } from "vitest";
import { onOff, openShop, type Shop, serve, versions } from "./shop.js";

class PaymentDeclined extends Error {}

class NotYours extends Error {
  readonly status = 403;
}

type Mount = (app: Express, express: typeof express5) => void;
type Ask = (url: string) => Promise<unknown>;

/** A request that is settled with an outcome, in an application with something mounted on it. */
type Ending = [name: string, mount: Mount, outcome: Partial<Outcome>, ask?: Ask];

const ok = { status: "ok" } as const;
const aborted = { status: "aborted" } as const;
const failed = (errorType: string) => ({ status: "error", errorType }) as const;

/** One handler at `/`. */
const at =
  (handler: RequestHandler): Mount =>
  (app) =>
    void app.all("/", handler);

const answer: RequestHandler = (_request, response) => void response.send("an answer");
const never: RequestHandler = () => {};
const begin: RequestHandler = (_request, response) => void response.write("a");
const fail: RequestHandler = () => {
  throw new PaymentDeclined("card 4242");
};

const ask: Ask = async (url) => (await fetch(url, { redirect: "manual" })).text();
const headOf: Ask = (url) => fetch(url, { method: "HEAD" });
const post: (body: string) => Ask = (body) => async (url) => {
  const headers = { "content-type": "application/json" };
  await (await fetch(url, { method: "POST", headers, body })).text();
};

/** Asks, and goes away once that has happened. */
const leave =
  (when: (request: ClientRequest) => Promise<unknown>, method = "GET"): Ask =>
  async (url) => {
    const headers = { "content-type": "application/json", expect: "100-continue" };
    const request = send(url, method === "GET" ? { method } : { method, headers });
    request.on("error", () => {});
    if (method === "GET") request.end();
    else request.flushHeaders();
    await when(request);
    request.destroy();
  };

const firstChunk = async (request: ClientRequest) => {
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
};

const endings: readonly Ending[] = [
  ["JSON", at((_request, response) => void response.json({})), ok],
  ["a text", at(answer), ok],
  ["a HEAD", at(answer), ok, headOf],
  ["an empty answer", at((_request, response) => void response.status(204).end()), ok],
  [
    "what the client has already",
    at((_request, response) => void response.set("etag", '"1"').send("same")),
    ok,
    async (url) => {
      const response = await fetch(url, { headers: { "if-none-match": '"1"' } });
      expect(response.status).toBe(304);
    },
  ],
  ["a 404", at((_request, response) => void response.sendStatus(404)), ok],
  ["no route", () => {}, ok],
  ["a redirect", at((_request, response) => response.redirect("/elsewhere")), ok],
  ["a file", at((_request, response) => response.sendFile(fileURLToPath(import.meta.url))), ok],
  [
    "a file that is not there",
    at((_request, response) => response.sendFile("/no/such/file")),
    ok, // Express's own error says that it is a 404
  ],
  [
    "a stream",
    at((_request, response) => void pipeline(Readable.from(["a", "b"]), response, () => {})),
    ok,
  ],
  [
    "a compressed answer",
    (app) => {
      app.use(compression({ threshold: 0 }));
      app.get("/", answer);
    },
    ok,
  ],
  [
    "a response ended twice",
    at((_request, response) => {
      response.end("a");
      response.end();
    }),
    ok,
  ],
  ["a 503", at((_request, response) => void response.sendStatus(503)), failed("503")],
  ["a throw", at(fail), failed("PaymentDeclined")],
  [
    "an error passed on",
    at((_request, _response, next) => next(new RangeError("too many"))),
    failed("RangeError"),
  ],
  ["something thrown that is no error", at((_q, _response, next) => next("oh")), failed("_OTHER")],
  ["an error of the client's", at((_request, _response, next) => next(new NotYours("no"))), ok],
  [
    "a body that is no JSON",
    (app, express) => {
      app.use(express.json());
      app.post("/", answer);
    },
    ok,
    post("{"),
  ],
  [
    "a body that is JSON",
    (app, express) => {
      app.use(express.json());
      app.post("/", answer);
    },
    ok,
    post("{}"),
  ],
  [
    "an answer sent twice",
    at((_request, response) => {
      response.send("a");
      response.send("b");
    }),
    failed("Error"),
  ],
  [
    "a variant's handler that rejects",
    at(byVariant("new-checkout", { on: () => Promise.reject(new TypeError("no")), off: answer })),
    failed("TypeError"),
  ],
  [
    "a variant's handler that rejects with nothing",
    at(byVariant("new-checkout", { on: () => Promise.reject(), off: answer })),
    failed("Error"),
  ],
  [
    "a gate's handler that rejects",
    at(
      requireFlag("new-checkout", {
        is: "off",
        otherwise: () => Promise.reject(new TypeError("no")),
      }),
    ),
    failed("TypeError"),
  ],
  ["a gate that is closed", at(requireFlag("new-checkout", { is: "off" })), ok],
  [
    "a gate that leads elsewhere",
    at(requireFlag("new-checkout", { is: "off", otherwise: { redirect: "/elsewhere" } })),
    ok,
  ],
  [
    "an error after the headers",
    at((_request, response, next) => {
      response.write("a");
      next(new RangeError("too late"));
    }),
    failed("RangeError"),
  ],
  [
    "an error handler that throws itself",
    (app) => {
      app.get("/", fail);
      app.use(flagErrors(), ((_error, _request, _response, _next) => {
        throw new RangeError("the handler's own");
      }) satisfies ErrorRequestHandler);
    },
    failed("PaymentDeclined"),
  ],
  [
    "a nested router",
    (app, express) => {
      const [outer, inner] = [express.Router(), express.Router()];
      inner.get("/", fail);
      outer.use(inner);
      app.use(outer);
    },
    failed("PaymentDeclined"),
  ],
  [
    "an application in the application",
    (app, express) => {
      const inner = express();
      inner.get("/", answer);
      app.use(inner);
    },
    ok,
  ],
  [
    "an application in the application with middleware of its own",
    (app, express) => {
      const inner = express();
      inner.use(flagMiddleware(openShop().flags));
      inner.get("/", fail);
      app.use(inner);
    },
    failed("PaymentDeclined"),
  ],
  [
    "the next route",
    (app) => {
      app.get("/", (_request, _response, next) => next("route"), fail);
      app.get("/", answer);
    },
    ok,
  ],
  [
    "the next router",
    (app, express) => {
      const router = express.Router();
      router.get("/", (_request, _response, next) => next("router"));
      router.get("/", fail);
      app.use(router);
      app.get("/", answer);
    },
    ok,
  ],
  [
    "a time limit of the application's own",
    at((_request, response) => {
      response.setTimeout(20, () => response.sendStatus(503));
    }),
    failed("503"),
  ],
  ["a response destroyed", at((_request, response) => void response.destroy()), aborted],
  [
    "a response destroyed with an error",
    at((_request, response) => void response.destroy(new RangeError("gone"))),
    failed("RangeError"),
  ],
  ["a socket destroyed", at((request) => void request.socket.destroy()), aborted],
  [
    "a stream that breaks",
    at((_request, response) => {
      const broken = new Readable({ read() {} });
      pipeline(broken, response, () => {});
      broken.push("a");
      setImmediate(() => broken.destroy(new RangeError("the disk is gone")));
    }),
    failed("RangeError"),
  ],
  [
    "a client that goes away before the answer",
    at(never),
    aborted,
    async (url) => {
      const request = get(url);
      request.on("error", () => {});
      await once(request, "finish");
      setImmediate(() => request.destroy());
    },
  ],
  ["a client that goes away in the middle of the answer", at(begin), aborted, leave(firstChunk)],
  [
    "server-sent events that the client leaves",
    at((_request, response) => {
      response.set("content-type", "text/event-stream").flushHeaders();
      const ticking = setInterval(() => response.write(": here\n\n"), 5);
      response.on("close", () => clearInterval(ticking));
    }),
    aborted,
    leave(firstChunk),
  ],
  [
    "an upload that the client gives up",
    (app, express) => {
      app.use(express.json());
      app.post("/", answer);
    },
    aborted,
    leave(async (request) => {
      await once(request, "continue");
      await new Promise((resolve) => request.write('{"half":', resolve));
    }, "POST"),
  ],
];

async function open(mount: Mount, express: typeof express5): Promise<{ shop: Shop; url: string }> {
  const shop = openShop({ "new-checkout": onOff("on") });
  const app = express();
  app.use(flagMiddleware(shop.flags));
  app.use((request, _response, next) => {
    request.flags.get("new-checkout");
    next();
  });
  mount(app, express);
  app.use(flagErrors());
  app.use(((error, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.sendStatus(error?.status ?? 500);
  }) satisfies ErrorRequestHandler);
  return { shop, url: await serve(app) };
}

/** Waits for that many settlements, and for whatever would settle once more. */
async function settledOnly(shop: Shop, count: number, url: string): Promise<void> {
  await shop.settled(count);
  await fetch(`${url}/elsewhere`);
  await shop.settled(count + 1);
  expect(shop.settlements).toHaveLength(count + 1);
}

describe.each(versions)("%s", (version, express) => {
  test.each<Ending>(endings)("%s settles once", async (_name, mount, outcome, asked = ask) => {
    const { shop, url } = await open(mount, express as typeof express5);
    for (let requests = 0; requests < 2; requests++) await asked(url).catch(() => {});
    await settledOnly(shop, 2, url);
    for (const settlement of shop.settlements.slice(0, 2)) {
      expect(settlement.outcome).toMatchObject(outcome);
      expect(settlement.outcome.duration).toBeGreaterThanOrEqual(0);
      expect(settlement.exposures.map(({ flag, variant }) => [flag, variant])).toEqual([
        ["new-checkout", "on"],
      ]);
    }
  });

  test("requests that follow each other on one connection settle once each", async () => {
    const { shop, url } = await open(at(answer), express as typeof express5);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.end("GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(5)).resume();
    await once(socket, "close");
    await settledOnly(shop, 5, url);
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

  test("an async handler that rejects settles, though Express 4 never hears of it", async () => {
    const shop = openShop({}, { workTimeout: 100 });
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", () => {
      const rejected = Promise.reject(new TypeError("no total"));
      rejected.catch(() => {}); // or the process would end, as it should
      return rejected;
    });
    app.use(flagErrors());
    const hung = fetch(await serve(app)).catch(() => {});
    await shop.settled(1);
    const errorType = version === "Express 4" ? "timeout" : "TypeError";
    expect(shop.settlements[0]?.outcome).toMatchObject({ status: "error", errorType });
    if (version === "Express 5") await hung;
  });

  test("a handler that hangs settles as a timeout, and its late answer is still given", async () => {
    const shop = openShop({}, { workTimeout: 50 });
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", (_request, response) => {
      shop.flags.observe({ settled: () => void response.send("late") });
    });
    expect(await (await fetch(await serve(app))).text()).toBe("late");
    expect(shop.settlements).toHaveLength(1);
    expect(shop.settlements[0]?.outcome).toMatchObject({ status: "error", errorType: "timeout" });
  });

  test("an answer that goes on for longer than work may take settles as a stream", async () => {
    const shop = openShop({}, { workTimeout: 20 });
    const app = express();
    app.use(flagMiddleware(shop.flags));
    app.get("/", (_request, response) => {
      response.flushHeaders();
      setTimeout(() => response.end(), 100);
    });
    await (await fetch(await serve(app))).text();
    await shop.settled(1);
    expect(shop.settlements[0]?.outcome).toEqual({ status: "ok", streaming: true });
  });
});
