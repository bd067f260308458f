import type { ClientReport, ReportedFlag } from "@burgee/core";
import { errorTypeIn, MAX_CLIENT_SERIES, OTHER } from "./series.js";

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

/** How many of the series may be of error types with a name: the others stay for cells. */
const MAX_NAMED = MAX_CLIENT_SERIES / 2;

/** How many error types with a name a cell may have. */
const MAX_TYPES = 32;

interface Counter {
  readonly flag: string;
  readonly variant: string;
  readonly errors: Map<string, number>;
}

export function createClientCells(): ClientCells {
  const counters = new Map<string, Counter>();
  /** When each was counted, the oldest first. */
  const counted = new Map<string, number>();
  const other: Counter = { flag: OTHER, variant: OTHER, errors: new Map() };
  /** Of each cell one: an error that comes must have somewhere to go. */
  let series = 1;
  let named = 0;
  let unverified = 0;

  function counterOf(flag: string, variant: string): Counter {
    const name = JSON.stringify([flag, variant]);
    const known = counters.get(name);
    if (known !== undefined) return known;
    if (series >= MAX_CLIENT_SERIES || flag === OTHER) return other;
    series++;
    const counter = { flag, variant, errors: new Map<string, number>() };
    counters.set(name, counter);
    return counter;
  }

  function countError({ errors }: Counter, errorType: string): void {
    const isFull = named >= MAX_NAMED || series >= MAX_CLIENT_SERIES || errors.size >= MAX_TYPES;
    const type = errors.has(errorType) || !isFull ? errorTypeIn(errorType) : OTHER;
    if (type !== OTHER && !errors.has(type)) {
      series++;
      named++;
    }
    errors.set(type, (errors.get(type) ?? 0) + 1);
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
        countError(counterOf(reported.flag, reported.variant), errorType);
      }
    },
    snapshot: () => ({
      cells: [...counters.values(), ...(other.errors.size > 0 ? [other] : [])].map(
        ({ errors, ...counter }) => ({
          origin: "client",
          ...counter,
          errors: Object.fromEntries(errors),
        }),
      ),
      unverified,
    }),
  };
}
