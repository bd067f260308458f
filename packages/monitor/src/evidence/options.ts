import { BurgeeError } from "@burgee/core";

/** What is tested: evidence of one test means nothing in another. */
export interface TestOptions {
  /**
   * How many times as often the treatment may fail before it counts as worse: 1 or more.
   *
   * @default 1
   */
  readonly tolerated?: number;
  /**
   * After how many buckets the comparison ends: a regression that begins later is not found.
   *
   * @default 8640, a day of ten seconds
   */
  readonly plannedBuckets?: number;
  /**
   * The share of units that may fail, more than 0 and less than 0.5: tests the treatment against it, and
   * not against the safe variant. For comparisons that would not be fair: behind a gate, at 100 %.
   *
   * @default the treatment is compared with the safe variant
   */
  readonly slo?: number;
}

/** When it trips. */
export interface ThresholdOptions {
  /**
   * The probability that a treatment that is no worse ever trips, however often one looks.
   *
   * @default 0.01
   */
  readonly alpha?: number;
  /**
   * How many treatments are compared with one safe variant: each gets its share of `alpha`.
   *
   * @default 1
   */
  readonly treatments?: number;
}

/** What is tested, with its defaults. */
export interface Test {
  readonly tolerated: number;
  readonly plannedBuckets: number;
  readonly slo: number | undefined;
}

/**
 * What is tested.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 */
export function testOf({ tolerated = 1, plannedBuckets = 8640, slo }: TestOptions): Test {
  check("tolerated", tolerated, tolerated >= 1 && Number.isFinite(tolerated), "1 or more");
  check("plannedBuckets", plannedBuckets, isCount(plannedBuckets), "a whole number above 0");
  check("slo", slo, slo === undefined || (slo > 0 && slo < 0.5), "more than 0 and less than 0.5");
  return { tolerated, plannedBuckets, slo };
}

/**
 * The evidence that trips.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 */
export function thresholdOf({ alpha = 0.01, treatments = 1 }: ThresholdOptions): number {
  check("alpha", alpha, alpha > 0 && alpha < 1, "more than 0 and less than 1");
  check("treatments", treatments, isCount(treatments), "a whole number above 0");
  return treatments / alpha;
}

/**
 * Makes sure of an option.
 *
 * @throws BurgeeError `INVALID_OPTIONS`
 */
export function check(name: string, value: unknown, holds: boolean, must: string): void {
  if (holds && (value === undefined || typeof value === "number")) return;
  throw new BurgeeError("INVALID_OPTIONS", `${name} must be ${must}, and is ${String(value)}`);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
