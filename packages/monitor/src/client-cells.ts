import type { ClientReport, ReportedFlag } from "@burgee/core";
import { errorTypeIn, MAX_CLIENT_SERIES, OTHER } from "./series.js";

/** What browsers report of one variant of a flag. */
export interface ClientCell {
  readonly origin: "client";
  readonly flag: string;
  readonly variant: string;
  /** How many were served it and have seen it: each visitor once in an hour. */
  readonly exposures: number;
  /** How many of them reported an error, by error type. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What browsers report. */
export interface ClientCounts {
  /** One cell for each flag and variant that was reported. */
  readonly cells: readonly ClientCell[];
  /** How many reports came without a valid receipt: they say nothing of any flag. */
  readonly unverified: number;
}

/** Counts browsers' reports by flag and variant. */
export interface ClientCells {
  /** Counts a report: of one unit, flag and variant at most one exposure and one error in an hour. */
  count(report: ClientReport): void;
  /** The counts now; later counts do not change it. */
  snapshot(): ClientCounts;
}

/** How long it is remembered who has reported, in milliseconds: no shorter than a receipt is good for. */
const REMEMBERED = 3_600_000;

/**
 * How many who have reported are remembered. While they are so many, nobody else is counted: they are a
 * sample, whose errors count as they come.
 */
const MAX_REMEMBERED = 50_000;

/** How many of the series may be of error types with a name: the others stay for cells. */
const MAX_NAMED = MAX_CLIENT_SERIES / 2;

/** How many error types with a name a cell may have. */
const MAX_TYPES = 32;

/** How many series a cell has without error types that have a name: its exposures, and other errors. */
const UNNAMED = 2;

interface Counter {
  readonly flag: string;
  readonly variant: string;
  exposures: number;
  readonly errors: Map<string, number>;
}

/** A unit that was shown a variant: when that was first reported, and whether an error was. */
interface Reporter {
  readonly at: number;
  failed: boolean;
}

export function createClientCells(): ClientCells {
  const counters = new Map<string, Counter>();
  /** The oldest first. */
  const reporters = new Map<string, Reporter>();
  const other = counterFor(OTHER, OTHER);
  let series = UNNAMED;
  let named = 0;
  let unverified = 0;

  function counterOf(flag: string, variant: string): Counter {
    const name = JSON.stringify([flag, variant]);
    const known = counters.get(name);
    if (known !== undefined) return known;
    if (series + UNNAMED > MAX_CLIENT_SERIES || flag === OTHER) return other;
    series += UNNAMED;
    const counter = counterFor(flag, variant);
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

  function forgetUntil(time: number): void {
    for (const [name, { at }] of reporters) {
      if (at > time) return;
      reporters.delete(name);
    }
  }

  function countOne(
    { flag, variant, unit }: ReportedFlag,
    { errorType, reportedAt }: ClientReport,
  ): void {
    const name = JSON.stringify([unit, flag, variant]);
    let reporter = reporters.get(name);
    if (reporter === undefined && reporters.size >= MAX_REMEMBERED) return;
    const counter = counterOf(flag, variant);
    if (reporter === undefined) {
      reporter = { at: reportedAt, failed: false };
      reporters.set(name, reporter);
      counter.exposures++;
    }
    if (errorType === undefined || reporter.failed) return;
    reporter.failed = true;
    countError(counter, errorType);
  }

  return {
    count(report) {
      if (!report.verified) unverified++;
      forgetUntil(report.reportedAt - REMEMBERED);
      for (const reported of report.flags) countOne(reported, report);
    },
    snapshot: () => ({
      cells: [...counters.values(), ...(other.exposures > 0 ? [other] : [])].map(
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

function counterFor(flag: string, variant: string): Counter {
  return { flag, variant, exposures: 0, errors: new Map() };
}
