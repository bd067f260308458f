import type { Exposure, Outcome } from "@burgee/core";
import { bucketOf, emptyHistogram, type Histogram } from "./histogram.js";

/** What became of the work that read one variant of a flag, under one split. */
export interface Cell {
  readonly flag: string;
  /** The id of the percentage split that decided; absent where none did. */
  readonly split?: string;
  readonly variant: string;
  /** How many scopes read it and have ended. */
  readonly exposures: number;
  /** How many of them failed, by error type. */
  readonly errors: Readonly<Record<string, number>>;
  /** How many of them were given up by the caller. */
  readonly aborted: number;
  /** How long the others took. */
  readonly durations: Histogram;
  /** The traces of the last that failed, the newest last; where a `traceId` is given. */
  readonly failedTraces: readonly string[];
}

/** Counts outcomes by flag, split and variant. */
export interface Cells {
  /** Counts one exposure, with the outcome of its scope, and the trace of one that failed. */
  count(exposure: Exposure, outcome: Outcome, failedTrace?: string): void;
  /** The counts now; later counts do not change it. */
  snapshot(): readonly Cell[];
}

/** How many cells there may be; what is beyond is counted together. */
const MAX_CELLS = 1200;

/** How many error types a cell may have; what is beyond is counted together. */
const MAX_ERROR_TYPES = 32;

/** How many traces a cell remembers. */
const MAX_TRACES = 5;

const OTHER = "_other";

interface Counter {
  readonly flag: string;
  readonly split: string | undefined;
  readonly variant: string;
  exposures: number;
  aborted: number;
  readonly errors: Map<string, number>;
  readonly durations: number[];
  failedTraces: readonly string[];
}

export function createCells(): Cells {
  const byFlag = new Map<string, Counter[]>();
  let size = 0;

  function counterOf(flag: string, split: string | undefined, variant: string): Counter {
    const counters = byFlag.get(flag) ?? [];
    for (const counter of counters) {
      if (counter.variant === variant && counter.split === split) return counter;
    }
    if (size >= MAX_CELLS && flag !== OTHER) return counterOf(OTHER, undefined, OTHER);
    const counter: Counter = {
      flag,
      split,
      variant,
      exposures: 0,
      aborted: 0,
      errors: new Map(),
      durations: emptyHistogram(),
      failedTraces: [],
    };
    byFlag.set(flag, [...counters, counter]);
    size++;
    return counter;
  }

  return {
    count({ flag, variant, details }, outcome, failedTrace) {
      const counter = counterOf(flag, details.split?.id, variant);
      counter.exposures++;
      if (outcome.status === "aborted") {
        counter.aborted++;
        return;
      }
      if (outcome.duration !== undefined) {
        (counter.durations[bucketOf(outcome.duration / 1000)] as number)++;
      }
      if (outcome.errorType !== undefined) countError(counter.errors, outcome.errorType);
      if (failedTrace !== undefined) {
        counter.failedTraces = [...counter.failedTraces, failedTrace].slice(-MAX_TRACES);
      }
    },
    snapshot: () =>
      [...byFlag.values()].flat().map(({ split, errors, durations, ...counter }) => ({
        ...counter,
        ...(split !== undefined && { split }),
        errors: Object.fromEntries(errors),
        durations: [...durations],
      })),
  };
}

/** Counts one error by its type. */
export function countError(errors: Map<string, number>, errorType: string): void {
  const known = errors.has(errorType) || errors.size < MAX_ERROR_TYPES;
  const type = known ? errorType : OTHER;
  errors.set(type, (errors.get(type) ?? 0) + 1);
}

/** The errors of a later count that an earlier one had not. */
export function errorsSince(later: Cell["errors"], earlier: Cell["errors"]): Cell["errors"] {
  const counts = Object.entries(later).map(
    ([type, count]) => [type, count - (earlier[type] ?? 0)] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
