import type { Definition } from "./define.js";
import { BurgeeError, type ErrorCode } from "./errors.js";

/** A time in which nobody knows whether the revision held is the newest. */
export interface Outage {
  /** When it began, in milliseconds since the epoch. */
  readonly since: number;
  /** What the source said last. */
  readonly problem: BurgeeError;
}

/** Whether a source can be relied upon, by what it tells. */
export interface Verification {
  /** The outage the source is in, if it is. */
  readonly outage: Outage | undefined;
  /** How long ago the revision held was known to be the newest, in milliseconds. */
  readonly age: number | undefined;
  /**
   * Notes that the revision held is the newest now: an outage is over. If it was that at another
   * moment, in milliseconds since the epoch, its age counts from there and an outage goes on.
   */
  succeed(at?: number): void;
  /** Notes a problem: an outage begins or goes on, unless it is one of the content alone. */
  fail(problem: BurgeeError): void;
}

/** What a source says that is in reach: what it read is faulty, or keeping it failed. */
const harmless: ReadonlySet<ErrorCode> = new Set([
  "CACHE_FAILED",
  "INVALID_FLAG_SET",
  "INVALID_VARIABLE",
  "PARSE_ERROR",
  "TYPE_MISMATCH",
]);

/** Whether a source that tells a problem is out, rather than faulty in what it says. */
export function isOutage(problem: unknown): boolean {
  return !(problem instanceof BurgeeError && harmless.has(problem.code));
}

/**
 * @param now milliseconds since the epoch
 * @param turned called when an outage has begun, and when it is over
 */
export function createVerification(now: () => number, turned: () => void): Verification {
  let outage: Outage | undefined;
  let verifiedAt: number | undefined;
  return {
    get outage() {
      return outage;
    },
    get age() {
      return verifiedAt === undefined ? undefined : Math.max(0, now() - verifiedAt);
    },
    succeed(at) {
      verifiedAt = at ?? now();
      if (at !== undefined || outage === undefined) return;
      outage = undefined;
      turned();
    },
    fail(problem) {
      if (!isOutage(problem)) return;
      const begins = outage === undefined;
      outage = { since: outage?.since ?? now(), problem };
      if (begins) turned();
    },
  };
}

/**
 * Whether a flag serves its default rather than what a revision decides that may be outdated.
 *
 * @param age how long ago it was known to be the newest, in milliseconds
 */
export function isOutdated({ onOutage, maxStaleness }: Definition, age: number): boolean {
  return onOutage === "default" || (maxStaleness !== undefined && age > maxStaleness);
}
