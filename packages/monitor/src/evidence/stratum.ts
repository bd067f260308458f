import { BurgeeError } from "@burgee/core";

/** How many units (requests, users, companies) were exposed to a variant, and how many of them failed. */
export interface Counts {
  readonly units: number;
  readonly errors: number;
}

/** What one split did in one bucket of time. */
export interface Stratum {
  /** Those who had the safe variant; not needed for a test against an `slo`. */
  readonly safe?: Counts;
  /** Those who had the variant under test. */
  readonly treatment: Counts;
  /**
   * The share of the treatment that the split is configured to have, 0 to 1: where errors are
   * counted once a unit, and the units of a bucket are not those at risk.
   *
   * @default the share observed in the bucket
   */
  readonly share?: number;
}

/**
 * Makes sure of the counts.
 *
 * @throws BurgeeError `INVALID_COUNTS`
 */
export function checkCounts(counts: unknown, side: string): asserts counts is Counts {
  if (typeof counts !== "object" || counts === null) {
    throw new BurgeeError("INVALID_COUNTS", `a stratum has no counts for ${side}`);
  }
  const { units, errors } = counts as Partial<Counts>;
  for (const [name, count] of [
    ["units", units],
    ["errors", errors],
  ] as const) {
    if (!Number.isSafeInteger(count) || (count as number) < 0) {
      throw new BurgeeError("INVALID_COUNTS", `${side}.${name} is ${String(count)}`);
    }
  }
  if ((errors as number) > (units as number)) {
    throw new BurgeeError("INVALID_COUNTS", `${side} has ${errors} errors of ${units} units`);
  }
}

/**
 * Makes sure of a stratum.
 *
 * @throws BurgeeError `INVALID_COUNTS`
 */
export function checkStratum(stratum: unknown, needsSafe: boolean): asserts stratum is Stratum {
  const { safe, treatment, share } = (stratum ?? {}) as Partial<Stratum>;
  checkCounts(treatment, "treatment");
  if (needsSafe || safe !== undefined) checkCounts(safe, "safe");
  const isShare = typeof share === "number" && share >= 0 && share <= 1;
  if (share !== undefined && !isShare) {
    throw new BurgeeError("INVALID_COUNTS", `share is ${String(share)}`);
  }
}

/** The share of a stratum's treatment: as configured, else as observed. */
export function shareOf(safe: Counts, treatment: Counts, share: number | undefined): number {
  const units = safe.units + treatment.units;
  return share ?? (units === 0 ? 0 : treatment.units / units);
}
