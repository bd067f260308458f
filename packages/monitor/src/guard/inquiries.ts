import type { Exposure } from "@burgee/core";
import { createUnitHash, type UnitHash } from "./failed-units.js";
import type { Fleet } from "./fleet.js";
import { atHalf, createFleetInquiry, createInquiry, type Inquiry } from "./inquiry.js";
import type { Rules } from "./policy.js";
import type { ArrivalsOf } from "./skew.js";
import { createTally } from "./tally.js";
import type { GuardEvidence } from "./trial.js";

/** What is found out about each variant that is guarded, in one epoch. */
export interface Inquiries {
  /** Counts one exposure that a split decided. */
  count(exposure: Exposure, failed: boolean, trace: string | undefined): void;
  /** Closes a bucket of this instance. */
  close(): void;
  /** What there is to be judged by this instance, the worst first; nothing while another does. */
  look(): Promise<readonly GuardEvidence[]>;
  readonly evidence: readonly GuardEvidence[];
  /** Begins another epoch: all is forgotten. */
  renew(epoch: number): void;
}

/** What inquiries go by. */
export interface InquiriesHost {
  /** Where what several instances count is put together. */
  readonly fleet: Fleet | undefined;
  /** How the units of a split arrive. */
  readonly arrivals: ArrivalsOf;
  /** Told why a fleet's counts cannot be shared, each time. */
  unshared(error: unknown): void;
}

export function createInquiries(
  rules: Rules,
  { fleet, arrivals, unshared }: InquiriesHost,
): Inquiries {
  const ownHash = createUnitHash();
  let fleetHash: UnitHash | undefined;
  let epoch = 0;
  let inquiries = begin();

  function begin(): readonly Inquiry[] {
    return rules.treatments.map((treatment) => {
      const tally = createTally(rules, treatment, fleetHash ?? ownHash, arrivals);
      if (fleet === undefined) return createInquiry(rules, treatment, tally);
      if (fleetHash === undefined) return createInquiry(atHalf(rules), treatment, tally);
      const { flag, safe, tolerated, slo = "none", window, bucket } = rules;
      const name = [flag, epoch, treatment, safe, tolerated, slo, window, bucket].join(":");
      const series = fleet.series(name, bucket, 2 * window);
      return createFleetInquiry(rules, treatment, tally, series, unshared);
    });
  }

  /** Asks what units are hashed by, until that is known: what was counted before is forgotten then. */
  async function join(): Promise<void> {
    if (fleet === undefined || fleetHash !== undefined) return;
    try {
      fleetHash = createUnitHash(await fleet.unitKey());
      inquiries = begin();
    } catch (error) {
      unshared(error);
    }
  }

  return {
    count(exposure, failed, trace) {
      for (const inquiry of inquiries) inquiry.count(exposure, failed, trace);
    },
    close() {
      for (const inquiry of inquiries) inquiry.close();
    },
    async look() {
      await join();
      const found = await Promise.all(inquiries.map((inquiry) => inquiry.look()));
      return found
        .filter((evidence) => evidence !== undefined)
        .sort((a, b) => b.e / b.threshold - a.e / a.threshold);
    },
    get evidence() {
      return inquiries.map(({ evidence }) => evidence);
    },
    renew(next) {
      epoch = next;
      inquiries = begin();
    },
  };
}
