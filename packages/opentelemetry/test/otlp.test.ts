import { setImmediate as turn } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import type { RequestHandler } from "express";
import { expect, test, vi } from "vitest";
import { flagsOn, type OtlpSpan, SERVER, startExporting } from "./otlp.js";
import type { ReceiverOptions } from "./receiver.js";
import { inSpan } from "./sdk.js";
import { openShop } from "./shop.js";

const say = (body: string) => logs.getLogger("shop").emit({ body });

/** A shop whose checkout reads two flags, below it three levels of work, of which the last fails. */
function startShop(backEnd?: ReceiverOptions) {
  const contextOf = (request: { get(name: string): string | undefined }) => ({
    group: request.get("x-group"),
  });
  const handler: RequestHandler = async (request, response) => {
    const { user } = request.params;
    await inSpan("session", turn);
    say(`${user} arrives`);
    if (user === "visitor") return void response.json("no flags");
    request.flags.get("search-ranking");
    request.flags.get("new-checkout");
    await inSpan("checkout", async () => {
      await turn();
      await inSpan("price", () =>
        inSpan("query", async () => {
          await turn();
          say(`${user} pays`);
          trace.getActiveSpan()?.recordException(new RangeError("no stock"));
        }),
      );
    });
    if (request.get("x-group") === "new") throw new TypeError("no total");
    response.json(request.flags.get("search-ranking"));
  };
  return startExporting(openShop(), contextOf, handler, backEnd);
}

test("the request, three levels below it, an exception and a log record carry the variants, over OTLP; nothing else does", async () => {
  const { visit, exported } = await startShop();
  await Promise.all([
    visit("ada", { "x-group": "new" }),
    visit("bob", { "x-group": "old" }),
    visit("visitor"),
  ]);
  await inSpan("outside", turn);
  say("outside");
  const { spans, records } = await exported(3);

  const variantsOf = { "/ada": "on", "/bob": "off" };
  for (const [path, variant] of Object.entries(variantsOf)) {
    const expected = {
      "feature_flags.search-ranking": "hybrid",
      "feature_flags.new-checkout": variant,
    };
    const ours = spans.filter(({ traceId }) => traceId === requestTo(spans, path)?.traceId);
    const byName = (name: string) => ours.filter((span) => span.name === name);
    const [request] = ours.filter(({ kind }) => kind === SERVER);
    const chain = ["query", "price", "checkout"].map((name) => byName(name)[0] as OtlpSpan);
    for (const span of [request as OtlpSpan, ...chain]) expect(flagsOn(span)).toEqual(expected);
    for (const [below, above] of [chain.slice(0, 2), chain.slice(1)]) {
      expect(below?.parentSpanId).toBe(above?.spanId);
    }
    const exceptions = chain[0]?.events?.filter(({ name }) => name === "exception") ?? [];
    expect(exceptions.map(flagsOn)).toEqual([expected]);
    const said = records.filter(({ body }) => body?.stringValue === `${path.slice(1)} pays`);
    expect(said.map(flagsOn)).toEqual([expected]);
    expect(said[0]?.traceId).toBe(request?.traceId);
    const early = [...byName("session"), ...byName("middleware - <anonymous>")];
    expect(early.length).toBeGreaterThan(1);
    for (const span of early) expect(flagsOn(span)).toEqual({});
  }

  const carrying = spans.filter((span) => Object.keys(flagsOn(span)).length > 0);
  const names = new Set(carrying.map(({ kind, name }) => (kind === SERVER ? "request" : name)));
  expect(names).toEqual(new Set(["request", "checkout", "price", "query", ...handlers(spans)]));
  const visitor = requestTo(spans, "/visitor");
  for (const span of spans.filter(({ traceId }) => traceId === visitor?.traceId)) {
    expect(flagsOn(span)).toEqual({});
  }
  for (const name of ["outside", "ada arrives", "bob arrives", "visitor arrives"]) {
    const said = records.filter(({ body }) => body?.stringValue === name);
    expect(said.map(flagsOn)).toEqual([{}]);
  }
  expect(flagsOn(spans.find(({ name }) => name === "outside") as OtlpSpan)).toEqual({});
});

/** The server span of the request to a path. */
function requestTo(spans: readonly OtlpSpan[], path: string): OtlpSpan | undefined {
  return spans.find(
    ({ kind, attributes = [] }) =>
      kind === SERVER && attributes.some(({ value }) => value.stringValue?.endsWith(path)),
  );
}

/** The span that Express's instrumentation has around a handler: it is active as that reads. */
function handlers(spans: readonly OtlpSpan[]): readonly string[] {
  return spans.map(({ name }) => name).filter((name) => name.startsWith("request handler"));
}

test("each reading is an event of its request's trace, and each outcome is in the metrics", async () => {
  const { visit, exported } = await startShop();
  for (const group of ["new", "old", "new"]) await visit("ada", { "x-group": group });
  const { spans, records, metrics } = await exported(3);
  const events = records.filter(({ eventName }) => eventName === "feature_flag.evaluation");
  expect(events).toHaveLength(6);
  const traces = spans.filter(({ kind }) => kind === SERVER).map(({ traceId }) => traceId);
  expect(new Set(events.map(({ traceId }) => traceId))).toEqual(new Set(traces));
  for (const [name, counts] of Object.entries({
    "feature_flag.evaluations": { on: 2, off: 1 },
    "feature_flag.exposures": { on: 0, "on TypeError": 2, off: 1 },
  })) {
    const points = metrics.get(name)?.sum?.dataPoints ?? [];
    const attribute = (point: (typeof points)[number], wanted: string) =>
      point.attributes?.find(({ key }) => key === wanted)?.value.stringValue;
    const checkout = points.filter((one) => attribute(one, "feature_flag.key") === "new-checkout");
    const told = checkout.map((one) => {
      const labels = ["feature_flag.result.variant", "error.type"].map((key) =>
        attribute(one, key),
      );
      return [labels.filter(Boolean).join(" "), Number(one.asInt)];
    });
    expect(Object.fromEntries(told)).toEqual(counts);
  }
  expect(metrics.has("feature_flag.operation.duration")).toBe(true);
});

test("a back end that takes everything and never answers changes no value and no response, and counts go on", async () => {
  const { visit, receiver, monitor } = await startShop({ answers: false });
  const signals = ["traces", "logs", "metrics"];
  await visit("ada", { "x-group": "old" });
  for (const signal of signals) {
    await receiver.until(`/v1/${signal}`, (bodies) => bodies.length > 0);
  }
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const response = await visit(`user-${index}`, { "x-group": index % 2 === 0 ? "old" : "new" });
      return [response.status, await response.json()];
    }),
  );
  const expected = answers.map((_, index) => (index % 2 === 0 ? [200, "hybrid"] : [500, "failed"]));
  expect(answers).toEqual(expected);
  const counts = () =>
    monitor
      .snapshot()
      .cells.filter(({ flag }) => flag === "new-checkout")
      .map(({ variant, exposures, errors }) => [variant, exposures, errors]);
  await vi.waitFor(
    () =>
      expect(counts()).toEqual([
        ["off", 11, {}],
        ["on", 10, { TypeError: 10 }],
      ]),
    10_000,
  );
});
