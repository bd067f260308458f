/**
 * The upper bounds of the duration buckets, in seconds.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export const BOUNDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Durations, counted by bucket: one count for each of the bounds, and one for all above. */
export type Histogram = readonly number[];

/** How long work took that ended in one way. */
export interface Timing {
  /** The sum of the durations, in seconds. */
  readonly seconds: number;
  readonly durations: Histogram;
}

/** A histogram without a count. */
export function emptyHistogram(): number[] {
  return new Array<number>(BOUNDS.length + 1).fill(0);
}

/** The bucket that a duration, in seconds, falls into. */
export function bucketOf(duration: number): number {
  let bucket = 0;
  while (bucket < BOUNDS.length && duration > (BOUNDS[bucket] as number)) bucket++;
  return bucket;
}

/**
 * The duration, in seconds, that a share of all durations stays below: exact to its bucket, taken
 * as evenly filled. Undefined without durations; never above the last bound.
 *
 * @param share 0 to 1
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { createMonitor, quantile } from "@burgee/monitor";
 * import { memoryStore } from "@burgee/stores/memory";
 *
 * const monitor = createMonitor(createFlags(defineFlags({}), { source: memoryStore() }));
 * const p95 = monitor.snapshot().cells.map((cell) => quantile(cell.durations, 0.95));
 * ```
 */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (const [bucket, upper] of BOUNDS.entries()) {
    const count = histogram[bucket] as number;
    if (count > 0 && below + count >= share * total) {
      const lower = bucket === 0 ? 0 : (BOUNDS[bucket - 1] as number);
      return lower + ((share * total - below) / count) * (upper - lower);
    }
    below += count;
  }
  return BOUNDS.at(-1);
}
