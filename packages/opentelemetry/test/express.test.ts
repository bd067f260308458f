import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { flagMiddleware } from "@burgee/express";
import { traceIdOf } from "@burgee/opentelemetry";
import { SpanKind, trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { Request, RequestHandler } from "express";
import { expect, onTestFinished, test, vi } from "vitest";
import { flagsOf, inSpan, startSdk, textOf } from "./sdk.js";
import { openTracedShop } from "./shop.js";

// both hook `require`, so what they instrument is required, once they are there
const instrumentations = [new HttpInstrumentation(), new ExpressInstrumentation()];
registerInstrumentations({ instrumentations });
const require = createRequire(import.meta.url);
require("node:http");
const express: typeof import("express") = require("express");

const byUser = {
  context: (request: Request) => ({
    targetingKey: `${request.get("x-user")}@example.com`,
    group: request.get("x-group"),
  }),
};

/** A real server under the real instrumentations, with one handler behind the middleware. */
async function serve(handler: RequestHandler) {
  const sdk = startSdk();
  for (const instrumentation of instrumentations) {
    instrumentation.setTracerProvider(sdk.provider);
  }
  const flags = openTracedShop();
  const app = express();
  app.use(flagMiddleware(flags, byUser));
  app.get("/:user", handler);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visit = async (user: string, group: string) => {
    const response = await fetch(`${url}/${user}`, {
      headers: { "x-user": user, "x-group": group },
    });
    return response.json();
  };
  /** The server spans, once there are so many. */
  const served = (count: number): Promise<readonly ReadableSpan[]> =>
    vi.waitFor(() => {
      const spans = sdk.spans().filter(({ kind }) => kind === SpanKind.SERVER);
      if (spans.length < count) throw new Error(`${spans.length} served`);
      return spans;
    }, 10_000);
  return { sdk, flags, visit, served };
}

test("the server span and a span started in a handler carry the flag, although the middleware's own span is over", async () => {
  const { sdk, visit, served } = await serve(async (request, response) => {
    const value = request.flags.get("new-checkout");
    await inSpan("query", turn);
    response.json(value);
  });
  expect(await visit("ada", "new")).toBe(true);
  const [server] = await served(1);
  const carried = { "feature_flags.new-checkout": "on" };
  expect(server && flagsOf(server)).toEqual(carried);
  expect(sdk.flagsOn("query")).toEqual(carried);
  const middleware = sdk.span("middleware - <anonymous>");
  expect(middleware.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  expect(flagsOf(middleware)).toEqual({});
});

test("a flag read late, below other spans, reaches the server span", async () => {
  const { sdk, visit, served } = await serve(async (request, response) => {
    request.flags.get("new-checkout");
    await turn();
    await inSpan("query", async () => {
      await turn();
      request.flags.get("late-fees");
    });
    await inSpan("after", turn);
    response.json(true);
  });
  await visit("ada", "new");
  const [server] = await served(1);
  const both = { "feature_flags.new-checkout": "on", "feature_flags.late-fees": "on" };
  for (const span of [server, sdk.span("query"), sdk.span("after")]) {
    expect(span && flagsOf(span)).toEqual(both);
  }
});

test("a span that was over before the flag was read is not touched", async () => {
  const { sdk, visit, served } = await serve(async (request, response) => {
    await inSpan("session", turn);
    request.flags.get("new-checkout");
    response.json(true);
  });
  await visit("ada", "new");
  await served(1);
  expect(sdk.flagsOn("session")).toEqual({});
});

test("a settled request knows its trace", async () => {
  const { flags, visit, served } = await serve((request, response) => {
    response.json(request.flags.get("new-checkout"));
  });
  const ids: unknown[] = [];
  flags.observe({ settled: ({ scope }) => ids.push(traceIdOf(scope)) });
  for (const user of ["ada", "bob"]) await visit(user, "new");
  const servers = await served(2);
  await vi.waitFor(() => expect(ids).toHaveLength(2), 10_000);
  expect(ids).toEqual(servers.map((server) => server.spanContext().traceId));
});

test("50 overlapping requests never mix, and tell nothing of who asked", async () => {
  const pause = async () => {
    for (let turns = Math.floor(5 * Math.random()); turns > 0; turns--) await turn();
  };
  const { sdk, visit, served } = await serve(async (request, response) => {
    await pause();
    const value = request.flags.get("new-checkout");
    await pause();
    await inSpan(`query of ${request.params["user"]}`, async () => {
      await pause();
      trace.getActiveSpan()?.addEvent(request.get("x-group") ?? "");
    });
    response.json(value);
  });
  const groupOf = (index: number) => (index % 2 === 0 ? "new" : "old");
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => visit(`user-${index}`, groupOf(index))),
  );
  const servers = await served(50);
  const byTrace = new Map(servers.map((server) => [server.spanContext().traceId, server]));
  expect(byTrace.size).toBe(50);
  for (const [index, answer] of answers.entries()) {
    const query = sdk.span(`query of user-${index}`);
    const server = byTrace.get(query.spanContext().traceId);
    const carried = { "feature_flags.new-checkout": index % 2 === 0 ? "on" : "off" };
    expect(answer).toBe(index % 2 === 0);
    expect(query.events.map(({ name }) => name)).toEqual([groupOf(index)]);
    expect([flagsOf(query), server && flagsOf(server)]).toEqual([carried, carried]);
  }
  expect(sdk.records()).toHaveLength(50);
  expect(textOf(sdk)).not.toContain("@example.com");
});
