import { setImmediate as turn } from "node:timers/promises";
import { FlagSpanProcessor, traceIdOf } from "@burgee/opentelemetry";
import { context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { flagsOf, inSpan, startSdk } from "./sdk.js";
import { openTracedShop } from "./shop.js";

const carried = { "feature_flags.late-fees": "on" };

/** A provider beside the registered one, and the spans it has exported. */
function openProvider(processors: (exporting: SimpleSpanProcessor) => object[]) {
  const exported = new InMemorySpanExporter();
  const spanProcessors = processors(new SimpleSpanProcessor(exported)) as FlagSpanProcessor[];
  const tracer = new BasicTracerProvider({ spanProcessors }).getTracer("test");
  const flagsOn = (name: string) => {
    const [found] = exported.getFinishedSpans().filter((span) => span.name === name);
    return found && flagsOf(found);
  };
  return { tracer, exported, flagsOn };
}

const within = <Result>(span: Span, work: () => Result) =>
  context.with(trace.setSpan(context.active(), span), work);

test.each([
  ["before", (exporting: object) => [new FlagSpanProcessor(), exporting]],
  ["after", (exporting: object) => [exporting, new FlagSpanProcessor()]],
])(
  "a processor that is %s the exporting one puts flags on spans and exceptions",
  async (_order, processors) => {
    startSdk();
    const { tracer, exported, flagsOn } = openProvider(processors);
    const flags = openTracedShop();
    const root = tracer.startSpan("GET /");
    await within(root, () =>
      flags.run({}, (scope) => {
        scope.get("late-fees");
        const child = tracer.startSpan("query", {}, context.active());
        child.recordException(new TypeError("no total"));
        child.end();
      }),
    );
    root.end();
    expect([flagsOn("GET /"), flagsOn("query")]).toEqual([carried, carried]);
    const [query] = exported.getFinishedSpans();
    expect(query?.events.map(flagsOf)).toEqual([carried]);
  },
);

test("the spans of several providers are below one local root", async () => {
  const sdk = startSdk();
  const second = openProvider((exporting) => [exporting, new FlagSpanProcessor()]);
  const flags = openTracedShop();
  await inSpan("GET /", async () => {
    const scope = flags.scope({});
    const middle = second.tracer.startSpan("middle", {}, context.active());
    await within(middle, () => inSpan("below", () => scope.get("late-fees")));
    middle.end();
  });
  expect(sdk.flagsOn("GET /")).toEqual(carried);
  expect(sdk.flagsOn("below")).toEqual(carried);
  expect(second.flagsOn("middle")).toEqual({});
});

test("a span of a provider without the processor carries what is read in it, and what is below it stays below the root", async () => {
  const sdk = startSdk();
  const second = openProvider((exporting) => [exporting]);
  const flags = openTracedShop();
  await inSpan("GET /", async () => {
    const scope = flags.scope({});
    const plain = second.tracer.startSpan("plain", {}, context.active());
    await within(plain, async () => {
      scope.get("late-fees");
      await inSpan("below", () => flags.scope({}).get("new-checkout"));
    });
    plain.end();
  });
  expect(second.flagsOn("plain")).toEqual(carried);
  expect(sdk.flagsOn("GET /")).toEqual({ ...carried, "feature_flags.new-checkout": "off" });
});

/** Drops the spans of those names; as for the rest, every span is sampled, whatever its parent. */
function dropping(...names: string[]): Sampler {
  const all = new AlwaysOnSampler();
  return {
    shouldSample: (...[, , name]) =>
      names.includes(name) ? { decision: SamplingDecision.NOT_RECORD } : all.shouldSample(),
    toString: () => "dropping",
  };
}

test("a flag that is read in a span that is dropped reaches the local root above it", async () => {
  const sdk = startSdk({ sampler: dropping("middleware") });
  const scope = openTracedShop().scope({});
  await inSpan("GET /", async () => {
    await inSpan("middleware", () => scope.get("late-fees"));
    await inSpan("query", turn);
  });
  expect(sdk.spans().map(({ name }) => name)).toEqual(["query", "GET /"]);
  expect([sdk.flagsOn("GET /"), sdk.flagsOn("query")]).toEqual([carried, carried]);
  expect(traceIdOf(scope)).toBe(sdk.span("GET /").spanContext().traceId);
});

test("a span below one that is dropped is below the local root", async () => {
  const sdk = startSdk({ sampler: dropping("middleware") });
  const scope = openTracedShop().scope({});
  await inSpan("GET /", () =>
    inSpan("middleware", () => inSpan("session", () => scope.get("late-fees"))),
  );
  expect([sdk.flagsOn("GET /"), sdk.flagsOn("session")]).toEqual([carried, carried]);
});

/** Of a parent in another process, as a propagator extracts it. */
const incoming = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
  isRemote: true,
});

test("two local roots of one trace are not taken for each other, where a span between is dropped", async () => {
  const sdk = startSdk({ sampler: dropping("middleware") });
  const flags = openTracedShop();
  const tracer = trace.getTracer("test");
  const roots = ["first", "second"].map((name) => tracer.startSpan(name, {}, incoming));
  for (const root of roots) {
    await within(root, () => inSpan("middleware", () => flags.scope({}).get("late-fees")));
  }
  for (const root of roots) root.end();
  for (const name of ["first", "second"]) expect(sdk.flagsOn(name)).toEqual({});
});

test("a local root that has ended is not in the way of the next one in its trace", async () => {
  const sdk = startSdk({ sampler: dropping("middleware") });
  const flags = openTracedShop();
  const serve = (name: string) =>
    context.with(incoming, () =>
      inSpan(name, () => inSpan("middleware", () => flags.scope({}).get("late-fees"))),
    );
  await serve("first");
  await serve("second");
  for (const name of ["first", "second"]) expect(sdk.flagsOn(name)).toEqual(carried);
});

test("of local roots that never end, 10,000 are known, and the oldest are forgotten", async () => {
  startSdk({ sampler: dropping("middleware") });
  const flags = openTracedShop();
  const tracer = trace.getTracer("test");
  const roots = Array.from({ length: 10_001 }, () => tracer.startSpan("GET /"));
  const isReached = async (root: Span | undefined) => {
    const scope = flags.scope({});
    if (root === undefined) throw new Error("no root");
    await within(root, () => inSpan("middleware", () => scope.get("late-fees")));
    return traceIdOf(scope) === root.spanContext().traceId;
  };
  expect(await isReached(roots.at(0))).toBe(false);
  expect(await isReached(roots.at(1))).toBe(true);
  expect(await isReached(roots.at(-1))).toBe(true);
  for (const root of roots) root.end();
});

test("a span that records below roots that were sampled out carries what is read in it", async () => {
  const sdk = startSdk({ sampler: dropping("GET /") });
  const scope = openTracedShop().scope({});
  await inSpan("GET /", async () => {
    scope.get("late-fees");
    await inSpan("payment", () => scope.get("new-checkout"));
  });
  expect(sdk.flagsOn("payment")).toEqual({ "feature_flags.new-checkout": "off" });
});

test("a trace that is sampled out has its events, and keeps its scopes' values", async () => {
  const sdk = startSdk({ sampler: dropping("GET /", "query") });
  const scope = openTracedShop().scope({});
  await inSpan("GET /", async () => {
    expect(scope.get("late-fees")).toBe(true);
    await inSpan("query", () => expect(scope.get("search-ranking")).toBe("hybrid"));
  });
  expect(sdk.spans()).toEqual([]);
  expect(sdk.records()).toHaveLength(2);
});
