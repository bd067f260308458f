import type { ClientReport, ReportedFlag } from "@burgee/core";
import { countError, errorsSince } from "./cells.js";

/** What browsers report of one variant of a flag. */
export interface ClientCell {
  readonly origin: "client";
  readonly flag: string;
  readonly variant: string;
  /** How many of those who were served it reported an error, by error type. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What browsers report. */
export interface ClientCounts {
  /** One cell for each flag and variant that an error was reported of. */
  readonly cells: readonly ClientCell[];
  /** How many reports came without a valid receipt: they say nothing of any flag. */
  readonly unverified: number;
}

/** Counts browsers' reports by flag and variant. */
export interface ClientCells {
  /** Counts a report: of one unit, flag and variant at most one in an hour. */
  count(report: ClientReport): void;
  /** The counts now; later counts do not change it. */
  snapshot(): ClientCounts;
}

/** How long it is remembered who has reported, in milliseconds: no shorter than a receipt is good for. */
const REMEMBERED = 3_600_000;

/** How many who have reported are remembered; while they are so many, nobody else is counted. */
const MAX_REMEMBERED = 20_000;

/** How many cells there may be; what is beyond is counted together. */
const MAX_CELLS = 1200;

const OTHER = "_other";

interface Counter {
  readonly flag: string;
  readonly variant: string;
  readonly errors: Map<string, number>;
}

export function createClientCells(): ClientCells {
  const counters = new Map<string, Counter>();
  /** When each was counted, the oldest first. */
  const counted = new Map<string, number>();
  let unverified = 0;

  function counterOf(flag: string, variant: string): Counter {
    const name = JSON.stringify([flag, variant]);
    const known = counters.get(name);
    if (known !== undefined) return known;
    if (counters.size >= MAX_CELLS && flag !== OTHER) return counterOf(OTHER, OTHER);
    const counter = { flag, variant, errors: new Map<string, number>() };
    counters.set(name, counter);
    return counter;
  }

  /** Whether it is the first of its unit, flag and variant in the hour. */
  function isFirst({ flag, variant, unit }: ReportedFlag, now: number): boolean {
    for (const [name, at] of counted) {
      if (now - at < REMEMBERED) break;
      counted.delete(name);
    }
    const name = JSON.stringify([unit, flag, variant]);
    if (counted.has(name) || counted.size >= MAX_REMEMBERED) return false;
    counted.set(name, now);
    return true;
  }

  return {
    count({ verified, flags, errorType, reportedAt }) {
      if (!verified) unverified++;
      for (const reported of flags) {
        if (!isFirst(reported, reportedAt)) continue;
        countError(counterOf(reported.flag, reported.variant).errors, errorType);
      }
    },
    snapshot: () => ({
      cells: [...counters.values()].map(({ errors, ...counter }) => ({
        origin: "client",
        ...counter,
        errors: Object.fromEntries(errors),
      })),
      unverified,
    }),
  };
}

/** What was counted between two moments. */
export function differenceOf(later: ClientCounts, earlier: ClientCounts): ClientCounts {
  const cells = later.cells.map((cell) => {
    const before = earlier.cells.find(
      ({ flag, variant }) => flag === cell.flag && variant === cell.variant,
    );
    return { ...cell, errors: errorsSince(cell.errors, before?.errors ?? {}) };
  });
  return {
    cells: cells.filter(({ errors }) => Object.keys(errors).length > 0),
    unverified: later.unverified - earlier.unverified,
  };
}
