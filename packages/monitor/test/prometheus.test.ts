import type { Exposure, Observer, Outcome } from "@burgee/core";
import type { ObservedFlags } from "@burgee/monitor";
import { createMonitor, PROMETHEUS_CONTENT_TYPE } from "@burgee/monitor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countedFlags, newCheckout } from "./counted.js";
import { guarded } from "./guard/guarded.js";
import { type MetricFamily, parseOpenMetrics } from "./open-metrics.js";
import { abortedAfter, exposure, failed, ok } from "./outcomes.js";

/** A monitor that is told of outcomes one by one. */
function tellMonitor() {
  let observer: Observer = {};
  const flags: ObservedFlags = {
    definitions: {},
    pin: () => () => {},
    observe(given) {
      observer = given;
      return () => {};
    },
  };
  const monitor = createMonitor(flags);
  const settle = (read: Exposure, outcome: Outcome = ok) =>
    observer.settled?.({
      scope: {},
      exposures: [read],
      outcome,
      revision: "1",
      startedAt: 0,
      reidentified: false,
    });
  const report = (errorType: string | undefined, unit: string) =>
    observer.reported?.({
      origin: "client",
      verified: true,
      flags: [{ flag: "new-checkout", variant: "on", unit }],
      errorType,
      revision: "1",
      reportedAt: 0,
    });
  return { monitor, settle, report };
}

/** A family's samples of a name, each as its labels and its value. */
function samplesOf(families: readonly MetricFamily[], name: string) {
  return families
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .map(({ labels, value }) => [labels, value]);
}

test("an empty monitor gives valid text", () => {
  const families = parseOpenMetrics(tellMonitor().monitor.prometheus());
  expect(families.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "feature_flag_evaluations counter",
    "feature_flag_exposures counter",
    "feature_flag_operation_duration_seconds histogram",
    "feature_flag_client_closed counter",
    "feature_flag_streams counter",
    "feature_flag_sample_ratio_p_value gauge",
    "feature_flag_guard_evidence gauge",
    "feature_flag_guard_trips counter",
    "feature_flag_client_exposures counter",
    "feature_flag_client_errors counter",
    "feature_flag_client_reports_unverified counter",
  ]);
  expect(PROMETHEUS_CONTENT_TYPE).toContain("application/openmetrics-text; version=1.0.0");
});

test("exposures are told by variant, split and error type", () => {
  const { monitor, settle } = tellMonitor();
  for (const outcome of [ok, failed("TypeError"), abortedAfter(10), failed("RangeError"), ok]) {
    settle(exposure("new-checkout", "on", "/fractional#a"), outcome);
  }
  settle(exposure("new-checkout", "on", undefined, { overridden: true }));
  const families = parseOpenMetrics(monitor.prometheus());
  const on = { feature_flag_key: "new-checkout", feature_flag_result_variant: "on" };
  const split = { ...on, feature_flag_split_id: "/fractional#a" };
  expect(samplesOf(families, "feature_flag_exposures_total")).toEqual([
    [split, 3],
    [{ ...split, error_type: "TypeError" }, 1],
    [{ ...split, error_type: "RangeError" }, 1],
    [{ ...on, feature_flag_mark: "overridden" }, 1],
  ]);
  expect(samplesOf(families, "feature_flag_client_closed_total")[0]).toEqual([split, 1]);
});

test("durations are a histogram in seconds, by error type", () => {
  const { monitor, settle } = tellMonitor();
  for (const outcome of [ok, ok, { ...failed("TypeError"), duration: 11_000 }]) {
    settle(exposure("new-checkout", "on"), outcome);
  }
  const families = parseOpenMetrics(monitor.prometheus());
  const name = "feature_flag_operation_duration_seconds";
  expect(families.find((family) => family.name === name)?.unit).toBe("seconds");
  const on = { feature_flag_key: "new-checkout", feature_flag_result_variant: "on" };
  const typeError = { ...on, error_type: "TypeError" };
  expect(samplesOf(families, `${name}_count`)).toEqual([
    [on, 2],
    [typeError, 1],
  ]);
  expect(samplesOf(families, `${name}_sum`)).toEqual([
    [on, 0.04],
    [typeError, 11],
  ]);
  const buckets = samplesOf(families, `${name}_bucket`);
  expect(buckets).toContainEqual([{ ...on, le: "0.01" }, 0]);
  expect(buckets).toContainEqual([{ ...on, le: "0.025" }, 2]);
  expect(buckets).toContainEqual([{ ...typeError, le: "10.0" }, 0]);
  expect(buckets).toContainEqual([{ ...typeError, le: "+Inf" }, 1]);
});

test("what browsers report has a metric of its own", () => {
  const { monitor, settle, report } = tellMonitor();
  settle(exposure("new-checkout", "on"));
  report("TypeError", "ada");
  report(undefined, "bob");
  const families = parseOpenMetrics(monitor.prometheus());
  expect(samplesOf(families, "feature_flag_exposures_total")).toMatchObject([[{}, 1]]);
  const labels = {
    origin: "client",
    feature_flag_key: "new-checkout",
    feature_flag_result_variant: "on",
  };
  expect(samplesOf(families, "feature_flag_client_exposures_total")).toEqual([[labels, 2]]);
  expect(samplesOf(families, "feature_flag_client_errors_total")).toEqual([
    [{ ...labels, error_type: "TypeError" }, 1],
  ]);
});

test("a guard's evidence and its trips are told by flag and variant", async () => {
  const { monitor, until } = await guarded({ traceId: () => "trace-of-ada" });
  const on = { feature_flag_key: "new-checkout", feature_flag_result_variant: "on" };
  const families = () => parseOpenMetrics(monitor.prometheus());
  expect(samplesOf(families(), "feature_flag_guard_evidence")).toEqual([[on, 1]]);
  expect(samplesOf(families(), "feature_flag_guard_trips_total")).toEqual([[on, 0]]);
  await until("tripped", { on: 0.2, off: 0.01 });
  const evidence = samplesOf(families(), "feature_flag_guard_evidence");
  expect(evidence).toEqual([[on, monitor.snapshot().guards[0]?.e]]);
  expect(samplesOf(families(), "feature_flag_guard_trips_total")).toEqual([[on, 1]]);
  expect(monitor.prometheus()).not.toMatch(/no total|trace-of-ada/);
});

test("evidence that is too large for a number is infinite", async () => {
  const { monitor, bucket } = await guarded({ action: "notify" });
  for (let count = 0; count < 10; count++) await bucket(500, { on: 1, off: 0 });
  expect(monitor.prometheus()).toMatch(/^feature_flag_guard_evidence\{.*\} \+Inf$/m);
  parseOpenMetrics(monitor.prometheus());
  expect(monitor.snapshot().guards[0]?.logE).toBeGreaterThan(710);
});

test("no metric's label carries an error's message, whatever errors say and are called", () => {
  const { monitor, work } = countedFlags(newCheckout(100));
  for (let order = 0; order < 1000; order++) {
    work("ada@example.com", ["new-checkout"], new TypeError(`order ${order} of ada@example.com`));
    const named = new Error("no total");
    named.name = `Payment of order ${order} failed`;
    work("ada@example.com", ["new-checkout"], named);
  }
  const text = monitor.prometheus();
  expect(text).not.toMatch(/ada@|order \d/);
  const types = samplesOf(parseOpenMetrics(text), "feature_flag_exposures_total");
  expect(types).toMatchObject([
    [{}, 0],
    [{ error_type: "TypeError" }, 1000],
    [{ error_type: "_OTHER" }, 1000],
  ]);
});

test("any name of a flag, a variant or a split is written so that it reads back", () => {
  const names = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(names, names, names, (flag, variant, split) => {
      fc.pre(flag !== "_other");
      const { monitor, settle } = tellMonitor();
      settle(exposure(flag, variant, split));
      const families = parseOpenMetrics(monitor.prometheus());
      expect(samplesOf(families, "feature_flag_exposures_total")).toEqual([
        [
          {
            feature_flag_key: flag,
            feature_flag_result_variant: variant,
            feature_flag_split_id: split,
          },
          1,
        ],
      ]);
    }),
  );
}, 30_000);

test("half a surrogate pair, which UTF-8 has not, does not break the text", () => {
  const { monitor, settle } = tellMonitor();
  settle(exposure("\ud800", "on"));
  const text = monitor.prometheus();
  expect(new TextDecoder().decode(new TextEncoder().encode(text))).toBe(text);
  expect(text).toContain('feature_flag_key="\ufffd"');
});
