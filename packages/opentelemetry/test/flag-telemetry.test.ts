import { setImmediate as turn } from "node:timers/promises";
import { flagTelemetry } from "@burgee/opentelemetry";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { expect, onTestFinished, test, vi } from "vitest";
import { flagsOf, inSpan, startSdk, textOf } from "./sdk.js";
import { onOff, openShop, openTracedShop, rankings } from "./shop.js";

const ada = { targetingKey: "ada@example.com", group: "new" };

test("a flag that is read is on the active span, and an event of its trace", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", () => flags.scope(ada).get("new-checkout"));
  expect(sdk.flagsOn("GET /")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(sdk.records().map(({ eventName }) => eventName)).toEqual(["feature_flag.evaluation"]);
  expect(sdk.records()[0]?.spanContext?.spanId).toBe(sdk.span("GET /").spanContext().spanId);
});

test("a flag that is read twice in a scope is one event", () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope(ada);
  scope.get("new-checkout");
  scope.get("new-checkout");
  expect(sdk.records()).toHaveLength(1);
});

test("a flag that is read below the local root is on both spans", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", () => inSpan("handler", () => flags.scope(ada).get("new-checkout")));
  for (const name of ["GET /", "handler"]) {
    expect(sdk.flagsOn(name)).toEqual({ "feature_flags.new-checkout": "on" });
  }
});

test("a flag read late reaches the local root, from whatever span", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", async () => {
    const scope = flags.scope(ada);
    scope.get("new-checkout");
    await turn();
    await inSpan("query", async () => {
      await turn();
      scope.get("search-ranking");
    });
    await context.with(ROOT_CONTEXT, () => inSpan("elsewhere", () => scope.get("late-fees")));
  });
  expect(sdk.flagsOn("GET /")).toEqual({
    "feature_flags.new-checkout": "on",
    "feature_flags.search-ranking": "hybrid",
    "feature_flags.late-fees": "on",
  });
  expect(Object.keys(sdk.flagsOn("query"))).toEqual([
    "feature_flags.new-checkout",
    "feature_flags.search-ranking",
  ]);
  expect(sdk.flagsOn("elsewhere")).toEqual({ "feature_flags.late-fees": "on" });
});

test("without the span processor, the span of the first exposure stands for the local root", async () => {
  const sdk = startSdk({ processor: false });
  const flags = openTracedShop();
  await inSpan("GET /", async () => {
    const scope = flags.scope(ada);
    scope.get("new-checkout");
    await inSpan("query", () => scope.get("search-ranking"));
  });
  expect(Object.values(sdk.flagsOn("GET /"))).toEqual(["on", "hybrid"]);
});

test("a local root that has ended is not written to", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope(ada);
  const root = trace.getTracer("test").startSpan("GET /");
  const within = trace.setSpan(ROOT_CONTEXT, root);
  context.with(within, () => scope.get("new-checkout"));
  root.end();
  const write = vi.spyOn(root, "setAttribute");
  context.with(within, () => scope.get("late-fees"));
  expect(write).not.toHaveBeenCalled();
  expect(sdk.flagsOn("GET /")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(sdk.records()).toHaveLength(2);
});

test("without an SDK nothing happens, and flags keep their values", async () => {
  const flags = openShop();
  const problem = vi.fn();
  flags.observe({ problem });
  onTestFinished(flagTelemetry(flags));
  const value = await flags.run(ada, async (scope) => {
    await turn();
    return inSpan("GET /", () => scope.get("new-checkout"));
  });
  expect(value).toBe(true);
  expect(problem).not.toHaveBeenCalled();
});

test("an SDK that is registered after the first reads gets the ones that follow", async () => {
  const flags = openTracedShop();
  await inSpan("before", () => flags.scope(ada).get("new-checkout"));
  const sdk = startSdk();
  await inSpan("after", () => flags.scope(ada).get("new-checkout"));
  expect(sdk.flagsOn("after")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(sdk.records()).toHaveLength(1);
});

test("an SDK that is registered between two reads of a scope gets the second", async () => {
  const scope = openTracedShop().scope(ada);
  scope.get("new-checkout");
  const sdk = startSdk();
  await inSpan("after", () => scope.get("late-fees"));
  expect(sdk.flagsOn("after")).toEqual({ "feature_flags.late-fees": "on" });
  expect(sdk.records().map(({ attributes }) => attributes["feature_flag.key"])).toEqual([
    "late-fees",
  ]);
});

test("an SDK that takes another's place gets what follows", async () => {
  const flags = openTracedShop();
  const first = startSdk();
  await inSpan("first", () => flags.scope(ada).get("new-checkout"));
  for (const api of [trace, context, logs]) api.disable();
  const second = startSdk();
  await inSpan("second", () => flags.scope(ada).get("new-checkout"));
  for (const sdk of [first, second]) expect(sdk.records()).toHaveLength(1);
  expect(second.flagsOn("second")).toEqual({ "feature_flags.new-checkout": "on" });
});

test("a variant is on the root, the spans below, an exception and a log record, and on no span event of its own", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", () =>
    flags.run(ada, async (scope) => {
      scope.get("new-checkout");
      await inSpan("handler", () =>
        inSpan("query", () => {
          trace.getActiveSpan()?.recordException(new TypeError("no total"));
          logs.getLogger("app").emit({ body: "no total" });
        }),
      );
    }),
  );
  const carried = { "feature_flags.new-checkout": "on" };
  for (const name of ["GET /", "handler", "query"]) expect(sdk.flagsOn(name)).toEqual(carried);
  expect(sdk.records().at(-1)).toMatchObject({ body: "no total", attributes: carried });
  const events = sdk.spans().flatMap((span) => span.events);
  expect(events.map((event) => [event.name, flagsOf(event)])).toEqual([["exception", carried]]);
});

test("by default neither the targeting key nor, beside a variant, the value is exported, whatever decided", async () => {
  const sdk = startSdk();
  const flags = openTracedShop({
    "new-checkout": onOff("off", { targeting: { fractional: [["on", 100]] } }),
    "search-ranking": { ...rankings, variants: { hybrid: "a-secret-value" } },
    "late-fees": onOff("on", { targeting: { var: "targetingKey" } }),
  });
  await inSpan("GET /", () =>
    flags.run(ada, async (scope) => {
      for (const key of ["new-checkout", "search-ranking", "late-fees"] as const) scope.get(key);
      await inSpan("query", turn);
    }),
  );
  expect(sdk.records()).toHaveLength(3);
  expect(sdk.spans()).toHaveLength(2);
  expect(textOf(sdk)).toContain("hybrid");
  for (const secret of ["ada@example.com", "a-secret-value", "result.value"]) {
    expect(textOf(sdk)).not.toContain(secret);
  }
});

test("once stopped, it tells nothing", async () => {
  const sdk = startSdk();
  const flags = openShop();
  const stop = flagTelemetry(flags);
  stop();
  await inSpan("GET /", () => flags.scope(ada).get("new-checkout"));
  expect(flagsOf(sdk.span("GET /"))).toEqual({});
  expect(sdk.records()).toEqual([]);
});
