import { type Cell, formatTable } from "@burgee/monitor";
import { expect, test } from "vitest";
import { bucketOf, emptyHistogram } from "../src/histogram.js";

function cell(variant: string, exposures: number, errors: Cell["errors"] = {}): Cell {
  const durations = emptyHistogram();
  durations[bucketOf(0.02)] = exposures;
  const split = "/fractional#5bd1e995";
  return {
    flag: "new-checkout",
    split,
    variant,
    exposures,
    reasons: {},
    errors,
    aborted: 0,
    streaming: 0,
    durations,
    timings: {},
    failedTraces: [],
  };
}

test("shows a row for each cell, by name, with its most common errors", () => {
  const cells = [
    cell("on", 200, { TypeError: 1, PaymentMismatch: 8, "503": 1, RangeError: 2 }),
    cell("off", 1000),
  ];
  expect(formatTable({ cells })).toBe(
    [
      "flag          variant  split                 requests  errors  error rate    p95  error types",
      "new-checkout  off      /fractional#5bd1e995      1000       0       0.0 %  24 ms",
      "new-checkout  on       /fractional#5bd1e995       200      12       6.0 %  24 ms  PaymentMismatch 8, RangeError 2, 503 1",
    ].join("\n"),
  );
});

test("shows a dash where there is no split, and no duration", () => {
  const { split: _, ...aborted } = { ...cell("on", 1), aborted: 1, durations: emptyHistogram() };
  expect(formatTable({ cells: [aborted] }).split("\n")[1]).toMatch(
    /^new-checkout {2}on +– +1 +0 +0\.0 % +–$/,
  );
});

test("says why a row is not to be compared, where there is such a row", () => {
  const cells = [cell("on", 200), { ...cell("on", 3), mark: "overridden" } as const];
  expect(formatTable({ cells })).toBe(
    [
      "flag          variant  split                 requests  errors  error rate    p95  error types  not compared",
      "new-checkout  on       /fractional#5bd1e995       200       0       0.0 %  24 ms",
      "new-checkout  on       /fractional#5bd1e995         3       0       0.0 %  24 ms               overridden",
    ].join("\n"),
  );
});
