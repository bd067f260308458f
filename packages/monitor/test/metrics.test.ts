import type { EvaluationDetails } from "@burgee/core";
import { BOUNDS, type Metric, metricsOf } from "@burgee/monitor";
import { expect, test } from "vitest";
import { countedFlags, newCheckout } from "./counted.js";
import { countCells, exposure, failed, ok } from "./outcomes.js";

/** The metrics of settlements. */
function metricsAfter(settle: (count: ReturnType<typeof countCells>["count"]) => void) {
  const { cells, count } = countCells();
  settle(count);
  const metrics = metricsOf({
    startedAt: 0,
    takenAt: 0,
    cells: cells.snapshot(),
    splits: cells.splits(),
    guards: [],
    client: { cells: [], unverified: 0 },
  });
  return (name: string): Metric => {
    const metric = metrics.find((one) => one.name === name);
    if (metric === undefined) throw new Error(`no metric ${name}`);
    return metric;
  };
}

/** What a reading adds, if it was decided so. */
function decided(details: Partial<EvaluationDetails>) {
  const read = exposure("new-checkout", "on");
  return { ...read, details: { ...read.details, ...details } };
}

test("names and units are OpenTelemetry's: lower case, dotted, with units of UCUM", () => {
  const { monitor } = countedFlags(newCheckout(50));
  const metrics = metricsOf(monitor.snapshot());
  for (const { name, unit, description } of metrics) {
    expect(name).toMatch(/^feature_flag(\.[a-z][a-z_]*)+$/);
    expect(unit).toMatch(/^(s|\{[a-z]+\})?$/);
    expect(description).toMatch(/^[A-Z].*\.$/);
  }
  expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
});

test("evaluations are told by reason, whatever the split; those that failed by their error", () => {
  const metric = metricsAfter((count) => {
    count(exposure("new-checkout", "on", "/fractional#a"));
    count(exposure("new-checkout", "on", "/fractional#b"));
    count(decided({ reason: "STATIC" }));
    count(
      decided({ reason: "ERROR", errorCode: "TYPE_MISMATCH", errorMessage: "ada@example.com" }),
    );
  });
  const on = { "feature_flag.key": "new-checkout", "feature_flag.result.variant": "on" };
  const reason = "feature_flag.result.reason";
  expect(metric("feature_flag.evaluations").points).toEqual([
    { attributes: { ...on, [reason]: "split" }, value: 2 },
    { attributes: { ...on, [reason]: "static" }, value: 1 },
    { attributes: { ...on, [reason]: "error", "error.type": "type_mismatch" }, value: 1 },
  ]);
});

test("the durations' count is the count of requests; those that did not fail have no error.type", () => {
  const metric = metricsAfter((count) => {
    for (const outcome of [ok, ok, failed("TypeError")]) count(exposure("a", "on"), outcome);
  });
  const { points } = metric("feature_flag.operation.duration");
  const counts = points.map(({ attributes, value }) => [
    attributes["error.type"],
    typeof value === "object" && value.durations.reduce((sum, count) => sum + count, 0),
  ]);
  expect(counts).toEqual([
    [undefined, 2],
    ["TypeError", 1],
  ]);
  expect(BOUNDS).toEqual([
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ]);
});

test("no metric has more than 1,200 points, whatever is read and fails; what is beyond is in _other", () => {
  const metric = metricsAfter((count) => {
    for (let index = 0; index < 3000; index++) {
      const { details, ...read } = exposure(`flag-${index % 600}`, "on");
      const errorCode = index % 2 === 0 ? ("GENERAL" as const) : ("PARSE_ERROR" as const);
      const reason = "ERROR" as const;
      count({ ...read, details: { ...details, reason, errorCode } }, failed(`E${index % 7}`));
      count(exposure(`flag-${index % 600}`, "on"));
    }
  });
  for (const name of ["evaluations", "exposures", "operation.duration"]) {
    const { points } = metric(`feature_flag.${name}`);
    expect(points.length).toBeLessThanOrEqual(1200);
    expect(points.some(({ attributes }) => attributes["feature_flag.key"] === "_other")).toBe(true);
  }
  const { points } = metric("feature_flag.evaluations");
  const total = points.reduce((sum, { value }) => sum + (value as number), 0);
  expect(total).toBe(6000);
  const reasons = points.map(({ attributes }) => attributes["feature_flag.result.reason"]);
  expect(reasons).toContain("_other");
});
