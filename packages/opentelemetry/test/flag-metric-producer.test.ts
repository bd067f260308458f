import { createMonitor, type Monitor, type ObservedFlags } from "@burgee/monitor";
import { FlagMetricProducer } from "@burgee/opentelemetry";
import type { Attributes } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import { expect, onTestFinished, test, vi } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { onOff, openShop, openTracedShop } from "./shop.js";

const ada = { targetingKey: "ada@example.com", group: "new" };
const bob = { targetingKey: "bob@example.com", group: "old" };
const on = { "feature_flag.key": "new-checkout", "feature_flag.result.variant": "on" };

/** A real SDK that reads a monitor, and the metrics it exports. */
function exportOf(monitor: Pick<Monitor, "snapshot">) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    metricProducers: [new FlagMetricProducer(monitor)],
  });
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  return async () => {
    await provider.forceFlush();
    const metrics = exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics);
    return new Map(metrics?.map((metric) => [metric.descriptor.name, metric]));
  };
}

/** A metric's points, each as its attributes and its value. */
function pointsOf(metric: MetricData | undefined): [Attributes, unknown][] {
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value]);
}

test("a real reader exports evaluations, exposures and durations, by variant and error type", async () => {
  const flags = openShop();
  const exported = exportOf(createMonitor(flags));
  for (const context of [ada, bob, ada]) {
    const scope = flags.scope(context);
    if (scope.get("new-checkout") && context === ada) scope.fail(new TypeError("no total"));
    scope.settle();
  }
  const off = { ...on, "feature_flag.result.variant": "off" };
  const failed = { "error.type": "TypeError" };
  const metrics = await exported();
  expect(pointsOf(metrics.get("feature_flag.exposures"))).toEqual([
    [on, 0],
    [{ ...on, ...failed }, 2],
    [off, 1],
  ]);
  const reason = "feature_flag.result.reason";
  expect(pointsOf(metrics.get("feature_flag.evaluations"))).toEqual([
    [{ ...on, [reason]: "targeting_match" }, 2],
    [{ ...off, [reason]: "default" }, 1],
  ]);
  const duration = metrics.get("feature_flag.operation.duration");
  expect(duration?.descriptor.unit).toBe("s");
  expect(pointsOf(duration)).toMatchObject([
    [on, { count: 0 }],
    [
      { ...on, ...failed },
      { count: 2, sum: expect.any(Number) },
    ],
    [off, { count: 1, buckets: { counts: { length: 15 } } }],
  ]);
});

test("what it gives is the SDK's kinds of data, cumulative since the monitor was created", async () => {
  let now = 1_700_000_000_123;
  const flags = openShop();
  const exported = exportOf(createMonitor(flags, { now: () => now }));
  now += 5_000;
  const scope = flags.scope(ada);
  scope.get("new-checkout");
  scope.settle();
  const metrics = await exported();
  expect(metrics.get("feature_flag.exposures")).toMatchObject({
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: [
      { startTime: [1_700_000_000, 123_000_000], endTime: [1_700_000_005, 123_000_000] },
    ],
  });
  expect(metrics.get("feature_flag.operation.duration")).toMatchObject({
    dataPointType: DataPointType.HISTOGRAM,
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  });
  const scopeAgain = flags.scope(ada);
  scopeAgain.get("new-checkout");
  scopeAgain.settle();
  now += 5_000;
  expect((await exported()).get("feature_flag.exposures")?.dataPoints[0]).toMatchObject({
    value: 2,
    startTime: [1_700_000_000, 123_000_000],
  });
});

test("a guard's evidence is a gauge and its trips are counted, each by variant", async () => {
  const flags = openShop();
  const monitor = createMonitor(flags);
  onTestFinished(monitor.close);
  monitor.guard({ flag: "new-checkout", action: "notify" });
  const metrics = await exportOf(monitor)();
  expect(metrics.get("feature_flag.guard.evidence")?.dataPointType).toBe(DataPointType.GAUGE);
  expect(pointsOf(metrics.get("feature_flag.guard.evidence"))).toEqual([[on, 1]]);
  expect(pointsOf(metrics.get("feature_flag.guard.trips"))).toEqual([[on, 0]]);
});

test("evidence beyond all numbers is the largest, since OTLP's JSON has no infinity", async () => {
  const flags = openShop();
  const monitor = createMonitor(flags);
  onTestFinished(monitor.close);
  monitor.guard({ flag: "new-checkout", action: "notify" });
  const endless = () => {
    const snapshot = monitor.snapshot();
    const guards = snapshot.guards.map((guarded) => ({ ...guarded, e: Number.POSITIVE_INFINITY }));
    return { ...snapshot, guards };
  };
  const metrics = await exportOf({ snapshot: endless })();
  const [[, evidence] = []] = pointsOf(metrics.get("feature_flag.guard.evidence"));
  expect(evidence).toBe(Number.MAX_VALUE);
});

test("what browsers report is another metric than the server's", async () => {
  let report = (_: object) => {};
  const watched: ObservedFlags = {
    definitions: {},
    pin: () => () => {},
    observe({ reported }) {
      report = reported as typeof report;
      return () => {};
    },
  };
  const exported = exportOf(createMonitor(watched));
  report({
    origin: "client",
    verified: true,
    flags: [{ flag: "new-checkout", variant: "on", unit: "a-hash" }],
    errorType: "TypeError",
    revision: "1",
    reportedAt: 0,
  });
  const metrics = await exported();
  expect(metrics.has("feature_flag.exposures")).toBe(false);
  expect(pointsOf(metrics.get("feature_flag.client.errors"))).toEqual([
    [{ ...on, origin: "client", "error.type": "TypeError" }, 1],
  ]);
});

test("a metric label never carries an exception's message", async () => {
  const flags = openShop({
    "new-checkout": onOff("on"),
    "late-fees": onOff("off", { targeting: { var: "targetingKey" } }),
  });
  const exported = exportOf(createMonitor(flags));
  for (let order = 0; order < 500; order++) {
    const thrown = new TypeError(`order ${order} of ada@example.com failed`);
    const named = new Error("no total");
    named.name = `Payment of order ${order} of ada@example.com`;
    for (const error of [thrown, named, thrown.message]) {
      const scope = flags.scope(ada);
      scope.get("new-checkout");
      scope.get("late-fees"); // whose rule fails, and quotes the targeting key
      scope.fail(error);
      scope.settle();
    }
  }
  const metrics = await exported();
  expect(JSON.stringify([...metrics])).not.toMatch(/ada|order \d|no total/);
  const types = pointsOf(metrics.get("feature_flag.exposures")).map(
    ([attributes]) => attributes["error.type"],
  );
  expect(new Set(types)).toEqual(new Set([undefined, "TypeError", "_OTHER"]));
});

test("2,000 flags are 1,200 series at most, with the excess in _other", async () => {
  const flags = openShop();
  let settled: Parameters<ObservedFlags["observe"]>[0]["settled"];
  const monitor = createMonitor({
    definitions: flags.definitions,
    pin: () => () => {},
    observe(observer) {
      settled = observer.settled;
      return () => {};
    },
  });
  const details = { value: true, reason: "STATIC" as const, flagMetadata: {} };
  for (let index = 0; index < 2000; index++) {
    const scope = {};
    settled?.({
      scope,
      exposures: [{ flag: `flag-${index}`, variant: "on", details, gated: false, scope }],
      outcome: { status: "error", errorType: `E${index}`, duration: 20 },
      revision: "1",
      startedAt: 0,
      reidentified: false,
    });
  }
  const metrics = await exportOf(monitor)();
  for (const name of ["evaluations", "exposures", "operation.duration"]) {
    const points = pointsOf(metrics.get(`feature_flag.${name}`));
    expect(points.length).toBeLessThanOrEqual(1200);
    expect(points.map(([attributes]) => attributes["feature_flag.key"])).toContain("_other");
  }
});

test("metrics cost a request nothing: the producer observes no flags, and asks when a reader does", async () => {
  const flags = openShop();
  const observe = vi.spyOn(flags, "observe");
  const monitor = createMonitor(flags);
  expect(observe).toHaveBeenCalledTimes(1);
  const snapshot = vi.spyOn(monitor, "snapshot");
  const exported = exportOf(monitor);
  for (let requests = 0; requests < 100; requests++) {
    const scope = flags.scope(ada);
    scope.get("new-checkout");
    scope.settle();
  }
  expect(observe).toHaveBeenCalledTimes(1);
  expect(snapshot).not.toHaveBeenCalled();
  await exported();
  expect(snapshot).toHaveBeenCalledTimes(1);
});

test("an exporter of metrics that hangs or throws changes no value, no span, and is no problem", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  const problem = vi.fn();
  flags.observe({ problem });
  const metricProducers = [new FlagMetricProducer(createMonitor(flags))];
  const hangs = vi.fn(() => {});
  const throws = vi.fn(() => {
    throw new Error("no network");
  });
  const readers = [hangs, throws].map((fails) => {
    const exporter: PushMetricExporter = {
      export: fails,
      selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const times = { exportIntervalMillis: 20, exportTimeoutMillis: 10 };
    return new PeriodicExportingMetricReader({ exporter, metricProducers, ...times });
  });
  const provider = new MeterProvider({ readers });
  onTestFinished(() => provider.shutdown().catch(() => {}));
  const values = await Promise.all(
    [ada, bob].map((context) =>
      inSpan(`GET ${context.group}`, () =>
        flags.run(context, async (scope) => {
          const before = hangs.mock.calls.length;
          await vi.waitFor(
            () => expect(hangs.mock.calls.length).toBeGreaterThan(before + 1),
            10_000,
          );
          return scope.get("new-checkout");
        }),
      ),
    ),
  );
  expect(values).toEqual([true, false]);
  expect(throws).toHaveBeenCalled();
  expect(sdk.flagsOn("GET new")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(problem).not.toHaveBeenCalled();
});
