import { ALTERNATIVES, createLogLikelihood } from "./likelihood.js";
import { LOG_ZERO, logAdd } from "./log-space.js";
import {
  check,
  type Test,
  type TestOptions,
  type ThresholdOptions,
  testOf,
  thresholdOf,
} from "./options.js";
import { startWeight, unstaked } from "./start-weights.js";

/** A regression, and the traffic that it would have to be seen in: options of {@link detectableIn}. */
export interface Regression extends TestOptions, ThresholdOptions {
  /** How many units (requests, users) come in a minute, of both variants together. */
  readonly unitsPerMinute: number;
  /** The share of them that have the treatment, 0 to 1. */
  readonly share: number;
  /** The share of the safe variant's units that fail, 0 to 1; not needed with an `slo`. */
  readonly safeRate?: number;
  /** The share of the treatment's units that fail, 0 to 1. */
  readonly treatmentRate: number;
  /**
   * How long a bucket is, in seconds.
   *
   * @default 10
   */
  readonly bucketSeconds?: number;
}

/**
 * In how many minutes a regression that is there from the start would trip, in the median; `Infinity`
 * if not before the comparison ends. It is when the evidence of the counts that are expected would
 * trip: rather too long, by up to a third, since chance trips earlier more often than later.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 *
 * @example
 * ```ts
 * import { detectableIn } from "@burgee/monitor";
 *
 * const traffic = { unitsPerMinute: 6000, share: 0.05, safeRate: 0.01 };
 * const minutes = detectableIn({ ...traffic, treatmentRate: 0.02 });
 * console.log(`twice as many errors: detectable in ${minutes.toFixed(0)} minutes`);
 * ```
 */
export function detectableIn(regression: Regression): number {
  const test = testOf(regression);
  const logThreshold = Math.log(thresholdOf(regression));
  const { bucketSeconds = 10 } = regression;
  const gains = expectedGains(regression, test, bucketSeconds);
  const trips = (buckets: number) => expectedLogE(gains, buckets, test) >= logThreshold;

  let before = 0;
  let after = test.plannedBuckets;
  if (!trips(after)) return Number.POSITIVE_INFINITY;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (trips(middle)) after = middle;
    else before = middle;
  }
  return (after * bucketSeconds) / 60;
}

/** What a bucket is expected to say of each alternative. */
function expectedGains(regression: Regression, { tolerated, slo }: Test, seconds: number) {
  const { unitsPerMinute, share, safeRate, treatmentRate } = regression;
  check(
    "unitsPerMinute",
    unitsPerMinute,
    Number.isFinite(unitsPerMinute) && unitsPerMinute >= 0,
    "0 or more",
  );
  check("bucketSeconds", seconds, Number.isFinite(seconds) && seconds > 0, "more than 0");
  check("share", share, share >= 0 && share <= 1, "from 0 to 1");
  check("treatmentRate", treatmentRate, treatmentRate >= 0 && treatmentRate <= 1, "from 0 to 1");
  const units = (unitsPerMinute * seconds) / 60;
  const errors = units * share * treatmentRate;
  const gains = new Float64Array(ALTERNATIVES.length);
  const alternatives = createLogLikelihood(ALTERNATIVES, tolerated);
  if (slo !== undefined) {
    alternatives.add(gains, errors, units * share, slo);
  } else {
    const rate = safeRate ?? Number.NaN;
    check("safeRate", rate, rate >= 0 && rate <= 1, "from 0 to 1");
    if (share < 1) alternatives.add(gains, errors, errors + units * (1 - share) * rate, share);
  }
  return gains;
}

/** The logarithm of the evidence of so many buckets that each say the same. */
function expectedLogE(gains: Float64Array, buckets: number, { plannedBuckets }: Test): number {
  const first = Math.log(startWeight(0, plannedBuckets) / ALTERNATIVES.length);
  const later = startWeight(1, plannedBuckets) / ALTERNATIVES.length;
  const rest = unstaked(buckets, plannedBuckets);
  let sum = rest > 0 ? Math.log(rest) : LOG_ZERO;
  for (const gain of gains) {
    sum = logAdd(sum, first + buckets * gain);
    if (buckets > 1 && later > 0) sum = logAdd(sum, Math.log(later) + logSeries(gain, buckets - 1));
  }
  return sum;
}

/** The logarithm of q + q² + … up to so many terms, by the logarithm of q. */
function logSeries(logQ: number, terms: number): number {
  if (Math.abs(logQ) < 1e-12) return Math.log(terms);
  const size = Math.abs(logQ);
  const series = Math.log(-Math.expm1(-size * terms)) - Math.log(-Math.expm1(-size));
  return series + (logQ > 0 ? logQ * terms : logQ);
}
