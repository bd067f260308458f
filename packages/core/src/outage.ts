import type { Definition } from "./define.js";
import type { BurgeeError, ErrorCode } from "./errors.js";

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
  /** Notes that the revision held is the newest now: an outage is over. */
  succeed(): void;
  /** Notes a problem: an outage begins or goes on, unless it is one of the content alone. */
  fail(problem: BurgeeError): void;
}

/** What a source says of a document that it could read. */
const contentFaults: ReadonlySet<ErrorCode> = new Set([
  "INVALID_FLAG_SET",
  "PARSE_ERROR",
  "TYPE_MISMATCH",
]);

/** @param now milliseconds since the epoch */
export function createVerification(now: () => number): Verification {
  let outage: Outage | undefined;
  let verifiedAt: number | undefined;
  return {
    get outage() {
      return outage;
    },
    get age() {
      return verifiedAt === undefined ? undefined : Math.max(0, now() - verifiedAt);
    },
    succeed() {
      verifiedAt = now();
      outage = undefined;
    },
    fail(problem) {
      if (contentFaults.has(problem.code)) return;
      outage = { since: outage?.since ?? now(), problem };
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
