import type { Exposure } from "@burgee/core";
import { createFailedUnits, type UnitHash } from "./failed-units.js";
import type { Rules } from "./policy.js";
import { type ArrivalsOf, isSkewed } from "./skew.js";

/** How many traces of failed requests are kept. */
export const MAX_TRACES = 5;

/** How many parts a tally may have; what is beyond does not count. */
const MAX_PARTS = 64;

/** One of the two that are compared. */
export type SideName = "safe" | "treatment";

/** How many exposures a side had, and how many units failed in them for the first time. */
export interface Side {
  units: number;
  errors: number;
}

/** What one split did, at one share of the treatment among the two. */
export interface Part {
  readonly id: string;
  readonly share: number;
  readonly safe: Side;
  readonly treatment: Side;
}

/** A unit that failed for the first time: as a hash, and where it counts. */
export interface Failure {
  readonly unit: string;
  readonly side: SideName;
  /** The id and share of the part it counts in; undefined in none. */
  readonly part: Part | undefined;
  readonly alone: boolean;
}

/** What was counted of one variant and the safe one. */
export interface Tallied {
  readonly parts: readonly Part[];
  /** The treatment, where it has nothing to be compared with. */
  readonly alone: Side;
  /** All there was, fair or not. */
  readonly totals: Readonly<Record<SideName, Side>>;
  /** How many exposures failed, of whatever unit. */
  readonly failed: Readonly<Record<SideName, number>>;
  readonly failures: readonly Failure[];
  readonly traces: readonly string[];
  /** Whether a gate answers for one side. */
  readonly gated: boolean;
  /** Whether the treatment was served where nobody gets the safe variant. */
  readonly everywhere: boolean;
  /** Whether more units arrive with the treatment than a split should give. */
  readonly skewed: boolean;
  /** Whether too many units have failed for another to be remembered. */
  readonly full: boolean;
}

/** Counts exposures, until they are taken. */
export interface Tally {
  /** Counts one exposure that a split decided. */
  count(exposure: Exposure, failed: boolean, trace: string | undefined): void;
  /** What was counted since it was taken last. */
  take(): Tallied;
}

export function createTally(
  { safe, slo }: Rules,
  treatment: string,
  hash: UnitHash,
  arrivals: ArrivalsOf,
): Tally {
  const failedUnits = createFailedUnits(hash);
  let gated = false;
  let everywhere = false;
  let skewed = false;
  let tallied = empty();

  function empty() {
    return {
      parts: [] as Part[],
      alone: emptySide(),
      totals: { safe: emptySide(), treatment: emptySide() },
      failed: { safe: 0, treatment: 0 },
      failures: [] as Failure[],
      traces: [] as string[],
    };
  }

  function partOf(id: string, share: number): Part {
    const { parts } = tallied;
    for (const part of parts) if (part.id === id && part.share === share) return part;
    const part = { id, share, safe: emptySide(), treatment: emptySide() };
    if (parts.length < MAX_PARTS) parts.push(part);
    return part;
  }

  return {
    count({ variant, gated: byGate, details: { split } }, failed, trace) {
      if (split === undefined || (variant !== treatment && variant !== safe)) return;
      const side = variant === safe ? "safe" : "treatment";
      const own = split.share[treatment] ?? 0;
      const share = own / (own + (split.share[safe] ?? 0));
      gated ||= byGate;
      everywhere ||= share === 1;
      const isAlone = side === "treatment" && (gated || skewed || share === 1);
      const known = isAlone && slo !== undefined && failedUnits.has(split.unit);
      const unit = failed ? failedUnits.add(split.unit) : undefined;
      const first = unit !== undefined;
      const part = share < 1 ? partOf(split.id, share) : undefined;
      add(tallied.totals[side], first);
      if (part !== undefined) add(part[side], first);
      if (isAlone && !known) add(tallied.alone, first);
      if (unit !== undefined) tallied.failures.push({ unit, side, part, alone: isAlone });
      if (!failed) return;
      tallied.failed[side]++;
      if (side === "safe" || trace === undefined) return;
      tallied.traces = [...tallied.traces, trace].slice(-MAX_TRACES);
    },
    take() {
      skewed ||= tallied.parts.some(({ id }) => isSkewed(arrivals(id), treatment, safe));
      const taken = { ...tallied, gated, everywhere, skewed, full: failedUnits.full };
      tallied = empty();
      return taken;
    },
  };
}

export function emptySide(): Side {
  return { units: 0, errors: 0 };
}

function add(side: Side, failed: boolean): void {
  side.units++;
  if (failed) side.errors++;
}
