import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { flagMiddleware } from "@burgee/express";
import { sentryFlags } from "@burgee/opentelemetry/sentry";
import * as Sentry from "@sentry/node";
import express, { type RequestHandler } from "express";
import { expect, onTestFinished, test } from "vitest";
import { startReceiver } from "./receiver.js";
import { openShop, rankings } from "./shop.js";

/** An event, as Sentry gets it. */
interface SentryEvent {
  readonly exception?: { readonly values: readonly { readonly value: string }[] };
  readonly contexts?: { readonly flags?: { readonly values: readonly object[] } };
}

/** Sentry's own SDK, which sends to a receiver; and flags that tell it what is read. */
async function startSentry(document?: Parameters<typeof openShop>[0]) {
  const receiver = await startReceiver();
  Sentry.init({ dsn: `http://public@127.0.0.1:${receiver.port}/1` });
  onTestFinished(async () => void (await Sentry.close(2000)));
  const flags = openShop(document);
  flags.observe(sentryFlags(Sentry));
  /** The flags on the error of that message. */
  async function flagsOn(message: string): Promise<readonly object[] | undefined> {
    await Sentry.flush(5000);
    const events = receiver.received.flatMap(({ body }) =>
      body
        .toString()
        .split("\n")
        .filter((line) => line.includes('"exception"'))
        .map((line): SentryEvent => JSON.parse(line)),
    );
    const [event, ...others] = events.filter(
      ({ exception }) => exception?.values.at(-1)?.value === message,
    );
    expect(others).toEqual([]);
    if (event === undefined) throw new Error(`Sentry got no error "${message}"`);
    return event.contexts?.flags?.values;
  }
  return { flags, flagsOn };
}

/** A real server with Sentry's error handler. */
async function serve(
  flags: Awaited<ReturnType<typeof startSentry>>["flags"],
  handler: RequestHandler,
) {
  const app = express();
  app.use(flagMiddleware(flags, { context: (request) => ({ group: request.get("x-group") }) }));
  app.get("/:user", handler);
  Sentry.setupExpressErrorHandler(app);
  app.use(((_error, _request, response, _next) => {
    response.status(500).end();
  }) satisfies express.ErrorRequestHandler);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return (user: string, group: string) =>
    fetch(`http://127.0.0.1:${port}/${user}`, { headers: { "x-group": group } });
}

test("an error that a handler throws carries what the request has read: values of on/off flags, variants of others", async () => {
  const { flags, flagsOn } = await startSentry();
  const visit = await serve(flags, async (request) => {
    request.flags.get("new-checkout");
    await turn();
    await Sentry.withScope(() => request.flags.get("search-ranking"));
    throw new TypeError("no total");
  });
  await visit("ada", "new");
  expect(await flagsOn("no total")).toEqual([
    { flag: "new-checkout", result: true },
    { flag: "search-ranking", result: "hybrid" },
  ]);
});

test("no error carries the flags of another request, of 20 that overlap", async () => {
  const { flags, flagsOn } = await startSentry();
  const visit = await serve(flags, async (request) => {
    await turn();
    request.flags.get("new-checkout");
    for (let turns = Math.floor(5 * Math.random()); turns > 0; turns--) await turn();
    if (request.params["user"] === "user-0") request.flags.get("late-fees");
    throw new Error(`failed ${request.params["user"]}`);
  });
  const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  await Promise.all(users.map((user, index) => visit(user, index % 2 === 0 ? "new" : "old")));
  for (const [index, user] of users.entries()) {
    expect(await flagsOn(`failed ${user}`)).toEqual([
      { flag: "new-checkout", result: index % 2 === 0 },
      ...(index === 0 ? [{ flag: "late-fees", result: true }] : []),
    ]);
  }
});

test("a request that reads no flag has none on its error, whatever was read outside of requests", async () => {
  const { flags, flagsOn } = await startSentry();
  flags.scope({ group: "new" }).get("new-checkout");
  const visit = await serve(flags, () => {
    throw new Error("nothing read");
  });
  await visit("ada", "new");
  Sentry.captureException(new Error("outside"));
  expect(await flagsOn("nothing read")).toBeUndefined();
  expect(await flagsOn("outside")).toBeUndefined();
});

test("a job in an isolation scope of its own has its flags, the newest reading of each", async () => {
  const { flags, flagsOn } = await startSentry();
  Sentry.withIsolationScope(() => {
    flags.scope({ group: "old" }).get("new-checkout");
    flags.scope({}).get("late-fees");
    flags.scope({ group: "new" }).get("new-checkout");
    Sentry.captureException(new Error("job"));
  });
  expect(await flagsOn("job")).toEqual([
    { flag: "late-fees", result: true },
    { flag: "new-checkout", result: true },
  ]);
});

test("a flag's value is not told, unless it is on or off", async () => {
  const secret = { ...rankings, variants: { hybrid: "a-secret-value" } };
  const { flags, flagsOn } = await startSentry({ "search-ranking": secret });
  Sentry.withIsolationScope(() => {
    flags.scope({}).get("search-ranking");
    Sentry.captureException(new Error("job"));
  });
  expect(await flagsOn("job")).toEqual([{ flag: "search-ranking", result: "hybrid" }]);
});
