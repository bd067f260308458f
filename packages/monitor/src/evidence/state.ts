import { BurgeeError } from "@burgee/core";
import { ALTERNATIVES } from "./likelihood.js";
import { LOG_ZERO } from "./log-space.js";
import type { Test } from "./options.js";
import { RATIOS } from "./ratio-interval.js";
import { type Counts, checkCounts } from "./stratum.js";

/** All that evidence has to remember: plain JSON, of one size however many buckets were added. */
export interface EvidenceState {
  /** What was tested. */
  readonly test: {
    readonly tolerated: number;
    readonly plannedBuckets: number;
    readonly slo?: number;
  };
  /** How many buckets were added. */
  readonly buckets: number;
  /** The logarithm of the evidence. */
  readonly logE: number;
  /** The logarithm of the most evidence there was. */
  readonly peak: number;
  /** The logarithms of what is staked on each alternative. */
  readonly stakes: readonly number[];
  /** The logarithms of the likelihoods of the ratios. */
  readonly likelihoods: readonly number[];
  readonly safe: Counts;
  readonly treatment: Counts;
}

/** What evidence remembers, while it is added to. */
export interface Memory {
  buckets: number;
  logE: number;
  peak: number;
  readonly stakes: Float64Array;
  readonly likelihoods: Float64Array;
  safe: Counts;
  treatment: Counts;
}

/** Nothing added yet. */
export function emptyMemory(): Memory {
  const none = { units: 0, errors: 0 };
  return {
    buckets: 0,
    logE: 0,
    peak: 0,
    stakes: new Float64Array(ALTERNATIVES.length).fill(LOG_ZERO),
    likelihoods: new Float64Array(RATIOS.length),
    safe: none,
    treatment: none,
  };
}

/**
 * What was remembered.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for a state of another test, or none at all
 */
export function memoryOf(state: EvidenceState, test: Test): Memory {
  const { tolerated, plannedBuckets, slo } = state?.test ?? {};
  if (tolerated !== test.tolerated || plannedBuckets !== test.plannedBuckets || slo !== test.slo) {
    throw new BurgeeError("INVALID_OPTIONS", "state is of another test: begin anew");
  }
  const { buckets, logE, peak, stakes, likelihoods, safe, treatment } = state;
  const whole =
    Number.isSafeInteger(buckets) &&
    buckets >= 0 &&
    areNumbers([logE, peak], 2) &&
    areNumbers(stakes, ALTERNATIVES.length) &&
    areNumbers(likelihoods, RATIOS.length);
  if (!whole) throw new BurgeeError("INVALID_OPTIONS", "state is not what evidence gave");
  checkCounts(safe, "state.safe");
  checkCounts(treatment, "state.treatment");
  return {
    buckets,
    logE,
    peak,
    stakes: Float64Array.from(stakes),
    likelihoods: Float64Array.from(likelihoods),
    safe: { ...safe },
    treatment: { ...treatment },
  };
}

/** What is remembered, as plain JSON. */
export function stateOf(memory: Memory, { slo, ...test }: Test): EvidenceState {
  return {
    ...memory,
    test: { ...test, ...(slo !== undefined && { slo }) },
    stakes: [...memory.stakes],
    likelihoods: [...memory.likelihoods],
  };
}

function areNumbers(values: unknown, length: number): boolean {
  return (
    Array.isArray(values) &&
    values.length === length &&
    values.every((value) => Number.isFinite(value))
  );
}
