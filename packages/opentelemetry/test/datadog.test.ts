import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { flagMiddleware } from "@burgee/express";
import { datadogFlags } from "@burgee/opentelemetry/datadog";
import type { Tracer } from "dd-trace";
import type { RequestHandler } from "express";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { decodeMsgpack } from "./msgpack.js";
import { type Receiver, startReceiver } from "./receiver.js";
import { openShop } from "./shop.js";

/** A span, as Datadog's agent gets it. */
interface AgentSpan {
  readonly name: string;
  readonly resource: string;
  readonly error: number;
  readonly meta: Readonly<Record<string, string>>;
}

// it hooks `require`, so what it instruments is required, once it is there
const require = createRequire(import.meta.url);
let agent: Receiver;
let tracer: Tracer;
let express: typeof import("express");

beforeAll(async () => {
  agent = await startReceiver({ finished: afterAll });
  tracer = require("dd-trace").init({
    url: `http://127.0.0.1:${agent.port}`,
    flushInterval: 10,
    startupLogs: false,
    remoteConfig: { enabled: false },
  });
  express = require("express");
});

/** A real server that Datadog traces, and flags that tell it what is read. */
async function serve(handler: RequestHandler) {
  const flags = openShop();
  onTestFinished(flags.observe(datadogFlags(tracer)));
  const app = express();
  app.use(flagMiddleware(flags, { context: (request) => ({ group: request.get("x-group") }) }));
  app.get("/:user", handler);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return async (user: string, group: string) => {
    const url = `http://127.0.0.1:${port}/${user}`;
    await fetch(url, { headers: { "x-group": group } });
    return spansOf(url);
  };
}

/** The spans of the request to an address, once the agent has them all. */
async function spansOf(url: string): Promise<readonly AgentSpan[]> {
  const tracesIn = (bodies: readonly Buffer[]) =>
    bodies.flatMap((body) => decodeMsgpack(body) as AgentSpan[][]);
  const ours = (trace: readonly AgentSpan[]) =>
    trace.some(({ name, meta }) => name === "express.request" && meta["http.url"] === url);
  const bodies = await agent.until("/v0.4/traces", (sent) => tracesIn(sent).some(ours));
  return tracesIn(bodies).find(ours) ?? [];
}

function flagsOn(spans: readonly AgentSpan[], name: string): Record<string, string> {
  const [span, ...others] = spans.filter((one) => one.name === name || one.resource === name);
  if (span === undefined || others.length > 0) throw new Error(`not one span ${name}`);
  const flags = Object.entries(span.meta).filter(([tag]) => tag.startsWith("feature_flags."));
  return Object.fromEntries(flags);
}

test("the request's span, which is marked as failed, and the span that read the flag carry the variant", async () => {
  const visit = await serve(async (request, response) => {
    await tracer.trace("price", async () => {
      await turn();
      request.flags.get("new-checkout");
    });
    await tracer.trace("query", turn);
    response.status(500).end();
  });
  const spans = await visit("ada", "new");
  expect(flagsOn(spans, "express.request")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(spans.find(({ name }) => name === "express.request")?.error).toBe(1);
  expect(flagsOn(spans, "price")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(flagsOn(spans, "query")).toEqual({});
});

test("no request's span carries the flags of another, of 20 that overlap", async () => {
  const visit = await serve(async (request, response) => {
    for (let turns = Math.floor(5 * Math.random()); turns > 0; turns--) await turn();
    request.flags.get("new-checkout");
    await turn();
    if (request.params["user"] === "user-0") request.flags.get("late-fees");
    response.end();
  });
  const traces = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      visit(`user-${index}`, index % 2 === 0 ? "new" : "old"),
    ),
  );
  expect(traces.map((spans) => flagsOn(spans, "express.request"))).toEqual(
    traces.map((_, index) => ({
      "feature_flags.new-checkout": index % 2 === 0 ? "on" : "off",
      ...(index === 0 && { "feature_flags.late-fees": "on" }),
    })),
  );
});

test("a flag that is read in no trace is told nobody, and keeps its value", () => {
  const flags = openShop();
  onTestFinished(flags.observe(datadogFlags(tracer)));
  expect(flags.scope({ group: "new" }).get("new-checkout")).toBe(true);
});

test("a span carries 32 flags at most", async () => {
  const { exposure } = datadogFlags(tracer);
  const visit = await serve((_request, response) => {
    for (let count = 0; count < 40; count++) {
      const details = { value: true, reason: "STATIC" as const, flagMetadata: {} };
      exposure?.({ flag: `flag-${count}`, variant: "on", details, gated: false, scope: {} });
    }
    response.end();
  });
  const spans = await visit("ada", "new");
  expect(Object.keys(flagsOn(spans, "express.request"))).toHaveLength(32);
});
