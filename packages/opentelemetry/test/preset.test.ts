import { type FlagPreset, FlagSpanProcessor, flagTelemetry } from "@burgee/opentelemetry";
import { type Attributes, context, SpanStatusCode, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, onTestFinished, test } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { openShop, openTracedShop } from "./shop.js";

const presets: readonly [FlagPreset, Attributes][] = [
  ["attributes", { "feature_flags.new-checkout": "off", "feature_flags.search-ranking": "hybrid" }],
  ["list", { feature_flags: ["new-checkout=off", "search-ranking=hybrid"] }],
  ["sentry", { "flag.evaluation.new-checkout": false, "flag.evaluation.search-ranking": "hybrid" }],
  ["off", {}],
];

test.each(presets)(
  "%s: the root, its child, an exception and a log record have it alike",
  async (preset, expected) => {
    const sdk = startSdk({ preset });
    const flags = openTracedShop();
    await inSpan("GET /", () =>
      flags.run({}, async (scope) => {
        scope.get("new-checkout");
        scope.get("search-ranking");
        await inSpan("query", () => {
          trace.getActiveSpan()?.recordException(new TypeError("no total"));
          logs.getLogger("app").emit({ body: "no total" });
        });
      }),
    );
    expect(sdk.span("GET /").attributes).toEqual(expected);
    expect(sdk.span("query").attributes).toEqual(expected);
    expect(sdk.span("query").events[0]?.attributes).toEqual({
      "exception.type": "TypeError",
      "exception.message": "no total",
      "exception.stacktrace": expect.any(String),
      ...expected,
    });
    expect(sdk.records().at(-1)).toMatchObject({ body: "no total", attributes: expected });
  },
);

test("off: what a span is below is known all the same", async () => {
  const sdk = startSdk({ preset: "off" });
  const flags = openTracedShop();
  await inSpan("GET /", () => inSpan("handler", () => flags.scope({}).get("late-fees")));
  expect(sdk.records()[0]?.spanContext?.traceId).toBe(sdk.span("GET /").spanContext().traceId);
  expect(sdk.span("handler").attributes).toEqual({});
});

test("a list grows as flags are read, and names each flag once", async () => {
  const sdk = startSdk({ preset: "list" });
  const flags = openTracedShop();
  await inSpan("batch", () => {
    for (let jobs = 0; jobs < 2; jobs++) flags.scope({}).get("late-fees");
    flags.scope({}).get("new-checkout");
  });
  expect(sdk.span("batch").attributes).toEqual({
    feature_flags: ["late-fees=on", "new-checkout=off"],
  });
});

test("on and off are Sentry's true and false", async () => {
  const sdk = startSdk({ preset: "sentry" });
  const flags = openTracedShop();
  await inSpan("GET /", () => {
    for (const key of ["late-fees", "new-checkout"] as const) flags.scope({}).get(key);
  });
  expect(sdk.span("GET /").attributes).toEqual({
    "flag.evaluation.late-fees": true,
    "flag.evaluation.new-checkout": false,
  });
});

test("without a processor, the spans are written as flagTelemetry says", async () => {
  const sdk = startSdk({ processor: false });
  const flags = openShop();
  onTestFinished(flagTelemetry(flags, { preset: "list" }));
  await inSpan("GET /", () => inSpan("query", () => flags.scope({}).get("late-fees")));
  expect(sdk.span("query").attributes).toEqual({ feature_flags: ["late-fees=on"] });
});

test("two processors write both ways, also what is read late", async () => {
  const exported = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [
      new FlagSpanProcessor(),
      new FlagSpanProcessor({ preset: "list" }),
      new SimpleSpanProcessor(exported),
    ],
  });
  startSdk();
  const flags = openTracedShop();
  await flags.run({}, (scope) => {
    scope.get("late-fees");
    const span = provider.getTracer("test").startSpan("job");
    context.with(trace.setSpan(context.active(), span), () => scope.get("new-checkout"));
    span.setStatus({ code: SpanStatusCode.OK }).end();
  });
  expect(exported.getFinishedSpans()[0]?.attributes).toEqual({
    "feature_flags.late-fees": "on",
    "feature_flags.new-checkout": "off",
    feature_flags: ["late-fees=on", "new-checkout=off"],
  });
});
