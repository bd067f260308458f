import { BOUNDS, quantile } from "@burgee/monitor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketOf, emptyHistogram } from "../src/histogram.js";

function histogramOf(durations: readonly number[]): number[] {
  const histogram = emptyHistogram();
  for (const duration of durations) (histogram[bucketOf(duration)] as number)++;
  return histogram;
}

test.each([
  [0, 0],
  [0.005, 0],
  [0.0051, 1],
  [10, BOUNDS.length - 1],
  [10.1, BOUNDS.length],
  [Number.POSITIVE_INFINITY, BOUNDS.length],
])("a duration of %s s falls into bucket %i", (duration, bucket) => {
  expect(bucketOf(duration)).toBe(bucket);
});

test("a histogram without durations has no quantile", () => {
  expect(quantile(emptyHistogram(), 0.95)).toBeUndefined();
});

test("a bucket is taken as evenly filled", () => {
  const histogram = histogramOf(new Array(100).fill(0.06)); // between 50 and 75 ms
  expect(quantile(histogram, 0)).toBeCloseTo(0.05);
  expect(quantile(histogram, 0.5)).toBeCloseTo(0.0625);
  expect(quantile(histogram, 1)).toBeCloseTo(0.075);
});

test("above the last bound, the last bound is all that is known", () => {
  expect(quantile(histogramOf([100, 200]), 0.95)).toBe(10);
});

test("a quantile lies in the bucket of the duration of that rank", () => {
  const durations = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), {
    minLength: 1,
    maxLength: 50,
  });
  const share = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(durations, share, (given, at) => {
      const ranked = [...given].sort((a, b) => a - b);
      const exact = ranked[Math.ceil(at * ranked.length) - 1] as number;
      const estimate = quantile(histogramOf(given), at) as number;
      const bucket = bucketOf(exact);
      expect(estimate).toBeGreaterThanOrEqual(BOUNDS[Math.min(bucket, BOUNDS.length) - 1] ?? 0);
      expect(estimate).toBeLessThanOrEqual(BOUNDS[bucket] ?? 10);
    }),
  );
});
