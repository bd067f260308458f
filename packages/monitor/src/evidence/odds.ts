import type { Interval } from "./interval.js";

/** Bounds of the ratio of two odds, by those of the ratio of two rates and of the lower part's rate. */
export function oddsRatioInterval(rateRatio: Interval, rate: Interval): Interval {
  const [lower, upper] = rateRatio;
  return [
    oddsRatioOf(lower, lower < 1 ? rate[1] : rate[0]),
    oddsRatioOf(upper, upper < 1 ? rate[0] : rate[1]),
  ];
}

/** The ratio of the odds where one rate is so many times another. */
export function oddsRatioOf(rateRatio: number, rate: number): number {
  const other = rateRatio * rate;
  return other >= 1 ? Number.POSITIVE_INFINITY : (rateRatio * (1 - rate)) / (1 - other);
}
