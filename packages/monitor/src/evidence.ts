import type { Interval } from "./evidence/interval.js";
import { ALTERNATIVES, createLogLikelihood } from "./evidence/likelihood.js";
import { LOG_ZERO, logAdd } from "./evidence/log-space.js";
import { oddsRatioInterval } from "./evidence/odds.js";
import {
  check,
  type TestOptions,
  type ThresholdOptions,
  testOf,
  thresholdOf,
} from "./evidence/options.js";
import { rateInterval } from "./evidence/rate-interval.js";
import { RATIOS, ratioInterval } from "./evidence/ratio-interval.js";
import { startWeight, unstaked } from "./evidence/start-weights.js";
import { type EvidenceState, emptyMemory, memoryOf, stateOf } from "./evidence/state.js";
import { type Counts, checkStratum, type Stratum, shareOf } from "./evidence/stratum.js";

/** Options of {@link createEvidence}. */
export interface EvidenceOptions extends TestOptions, ThresholdOptions {
  /**
   * What earlier evidence of the same test has gathered: goes on from there.
   *
   * @default nothing yet
   */
  readonly state?: EvidenceState;
}

/** Bounds that hold at all times at once, each with the confidence asked for. */
export interface Intervals {
  /** How many times as often the treatment fails as the safe variant, or as the slo allows. */
  readonly rateRatio: Interval;
  /** The ratio of the odds of failing; of errors that are rare, nearly the ratio of the rates. */
  readonly oddsRatio: Interval;
  /** The share of the safe variant's units that fail. */
  readonly safe: Interval;
  /** The share of the treatment's units that fail. */
  readonly treatment: Interval;
}

/** Evidence that a treatment fails more often, gathered bucket by bucket. */
export interface Evidence {
  /**
   * Adds what happened in one bucket of time: one stratum for each split. Without a configured share
   * a stratum with an empty side says nothing.
   *
   * @throws BurgeeError `INVALID_COUNTS`; then nothing was added
   */
  add(bucket: Stratum | readonly Stratum[]): void;
  /** The evidence now: 1 is none, 100 trips at an `alpha` of 0.01. */
  readonly e: number;
  /** Its natural logarithm, where `e` is too large for a number. */
  readonly logE: number;
  /** The evidence that trips. */
  readonly threshold: number;
  /** Whether there ever was so much. */
  readonly tripped: boolean;
  /** How many buckets were added. */
  readonly buckets: number;
  /** All that was counted of the safe variant. Shows what happened; tests nothing. */
  readonly safe: Counts;
  /** All that was counted of the treatment. */
  readonly treatment: Counts;
  /**
   * How bad it is: bounds that hold however often one looks.
   *
   * @param confidence the probability that bounds hold at all times
   * @default 0.95
   * @throws BurgeeError `INVALID_OPTIONS`
   */
  intervals(confidence?: number): Intervals;
  /** What it has to remember, to go on in another process: plain JSON. */
  state(): EvidenceState;
}

/**
 * Tests whether a treatment fails more often than the safe variant. It may be looked at all the time:
 * one that fails no more often ever trips with a probability of `alpha` at most, whatever happens to
 * both sides alike, and however the split changes.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 *
 * @example
 * ```ts
 * import { createEvidence } from "@burgee/monitor";
 *
 * const evidence = createEvidence();
 * evidence.add({ safe: { units: 950, errors: 9 }, treatment: { units: 50, errors: 3 } });
 * evidence.e; // 2.9
 * evidence.add({ safe: { units: 948, errors: 8 }, treatment: { units: 52, errors: 4 } });
 * evidence.tripped; // true: it is 137
 * ```
 */
export function createEvidence(options: EvidenceOptions = {}): Evidence {
  const test = testOf(options);
  const threshold = thresholdOf(options);
  const { tolerated, plannedBuckets, slo } = test;
  const memory = options.state === undefined ? emptyMemory() : memoryOf(options.state, test);
  const { stakes, likelihoods } = memory;
  const alternatives = createLogLikelihood(ALTERNATIVES, tolerated);
  const ratios = createLogLikelihood(RATIOS, 1);
  const gains = new Float64Array(ALTERNATIVES.length);

  /** What one stratum says of the alternatives goes to `gains`. */
  function weigh({ safe = NONE, treatment, share: configured }: Stratum): void {
    if (slo !== undefined) {
      alternatives.add(gains, treatment.errors, treatment.units, slo);
      return;
    }
    const share = shareOf(safe, treatment, configured);
    if (share === 0 || share === 1) return;
    const errors = safe.errors + treatment.errors;
    ratios.add(likelihoods, treatment.errors, errors, share);
    if (safe.units > 0) alternatives.add(gains, treatment.errors, errors, share);
  }

  /** The logarithm of all that is staked, and of what is not yet. */
  function total(): number {
    const rest = unstaked(memory.buckets, plannedBuckets);
    return stakes.reduce(logAdd, rest > 0 ? Math.log(rest) : LOG_ZERO);
  }

  return {
    add(bucket) {
      const strata = Array.isArray(bucket) ? (bucket as readonly Stratum[]) : [bucket as Stratum];
      for (const stratum of strata) checkStratum(stratum, slo === undefined);
      gains.fill(0);
      for (const stratum of strata) {
        weigh(stratum);
        memory.safe = sum(memory.safe, stratum.safe ?? NONE);
        memory.treatment = sum(memory.treatment, stratum.treatment);
      }
      const weight = startWeight(memory.buckets++, plannedBuckets) / ALTERNATIVES.length;
      const stake = weight > 0 ? Math.log(weight) : LOG_ZERO;
      for (const [index, gain] of gains.entries()) {
        stakes[index] = logAdd(stakes[index] as number, stake) + gain;
      }
      if (gains.every((gain) => gain === 0)) return;
      memory.logE = total();
      memory.peak = Math.max(memory.peak, memory.logE);
    },
    get e() {
      return Math.exp(memory.logE);
    },
    get logE() {
      return memory.logE;
    },
    threshold,
    get tripped() {
      return memory.peak >= Math.log(threshold);
    },
    get buckets() {
      return memory.buckets;
    },
    get safe() {
      return memory.safe;
    },
    get treatment() {
      return memory.treatment;
    },
    intervals(confidence = 0.95) {
      check(
        "confidence",
        confidence,
        confidence > 0 && confidence < 1,
        "more than 0 and less than 1",
      );
      const alpha = 1 - confidence;
      const safe = rateInterval(memory.safe, alpha);
      const treatment = rateInterval(memory.treatment, alpha);
      if (slo !== undefined) {
        const [lower, upper] = treatment;
        const rateRatio = [lower / slo, upper / slo] as const;
        return { rateRatio, oddsRatio: oddsRatioInterval(rateRatio, [slo, slo]), safe, treatment };
      }
      const oddsRatio = oddsRatioInterval(
        ratioInterval(likelihoods, alpha / 2),
        rateInterval(memory.safe, alpha / 2),
      );
      return { rateRatio: ratioInterval(likelihoods, alpha), oddsRatio, safe, treatment };
    },
    state: () => stateOf(memory, test),
  };
}

const NONE: Counts = { units: 0, errors: 0 };

function sum(first: Counts, second: Counts): Counts {
  const { MAX_SAFE_INTEGER } = Number;
  return {
    units: Math.min(first.units + second.units, MAX_SAFE_INTEGER),
    errors: Math.min(first.errors + second.errors, MAX_SAFE_INTEGER),
  };
}
