import { emptyHistogram, type Histogram, type Timing } from "./histogram.js";
import type { Mark } from "./mark.js";
import type { ReasonCount } from "./reason.js";
import type { SampleRatio } from "./sample-ratio.js";

/** What became of the work that read one variant of a flag, under one split. */
export interface Cell {
  readonly flag: string;
  /** The id of the percentage split that decided; absent where none did. */
  readonly split?: string;
  readonly variant: string;
  /** Why it cannot be compared with the split's other variants; absent where it can. */
  readonly mark?: Mark;
  /** How many scopes read it and have ended. */
  readonly exposures: number;
  /**
   * Why they got it: how often for each reason (`static`, `targeting_match`, `split`, …), and, where
   * the evaluation failed, for each error (`general`, `type_mismatch`, …).
   */
  readonly reasons: Readonly<Record<string, number>>;
  /** How many of them failed, by error type: those given up late among them, as `timeout`. */
  readonly errors: Readonly<Record<string, number>>;
  /** How many of them were given up by the caller, early: `client_closed`. */
  readonly aborted: number;
  /** How many of them were streams: those have no duration. */
  readonly streaming: number;
  /** How long the others took. */
  readonly durations: Histogram;
  /** How long each took by its error type; under `""` those that did not fail. */
  readonly timings: Readonly<Record<string, Timing>>;
  /** The traces of the last that failed, the newest last; where a `traceId` is given. */
  readonly failedTraces: readonly string[];
}

/** How many traces a cell remembers, and how long they may be. */
const MAX_TRACES = 5;
const MAX_TRACE = 128;

/** What one error type has come to; or, of a cell, what did not fail. */
export interface Tally {
  count: number;
  seconds: number;
  readonly durations: number[];
}

/** A cell that is being counted. */
export interface Counter {
  readonly flag: string;
  readonly split: string | undefined;
  readonly variant: string;
  readonly mark: Mark | undefined;
  readonly ratio: SampleRatio | undefined;
  readonly reasons: ReasonCount[];
  aborted: number;
  streaming: number;
  readonly unfailed: Tally;
  readonly failed: Map<string, Tally>;
  failedTraces: readonly string[];
}

export function createCounter(
  flag: string,
  split: string | undefined,
  variant: string,
  mark: Mark | undefined,
  ratio: SampleRatio | undefined,
): Counter {
  return {
    flag,
    split,
    variant,
    mark,
    ratio,
    reasons: [],
    aborted: 0,
    streaming: 0,
    unfailed: emptyTally(),
    failed: new Map(),
    failedTraces: [],
  };
}

export function emptyTally(): Tally {
  return { count: 0, seconds: 0, durations: emptyHistogram() };
}

/** Remembers the trace of work that failed. */
export function remember(counter: Counter, trace: string): void {
  if (trace.length > MAX_TRACE) return;
  counter.failedTraces = [...counter.failedTraces, trace].slice(-MAX_TRACES);
}

/** A cell, as it has been counted so far. */
export function cellOf(counter: Counter): Cell {
  const { flag, split, variant, mark, unfailed, failed, aborted, streaming } = counter;
  const tallies: readonly [string, Tally][] = [["", unfailed], ...failed];
  const durations = [...unfailed.durations];
  let exposures = unfailed.count;
  for (const tally of failed.values()) {
    exposures += tally.count;
    for (const [bucket, count] of tally.durations.entries()) (durations[bucket] as number) += count;
  }
  return {
    flag,
    ...(split !== undefined && { split }),
    variant,
    ...(mark !== undefined && { mark }),
    exposures,
    reasons: reasonsOf(counter),
    errors: Object.fromEntries([...failed].map(([type, { count }]) => [type, count])),
    aborted,
    streaming,
    durations,
    timings: Object.fromEntries(
      tallies.map(([type, tally]) => [
        type,
        { seconds: tally.seconds, durations: [...tally.durations] },
      ]),
    ),
    failedTraces: counter.failedTraces,
  };
}

function reasonsOf({ reasons }: Counter): Cell["reasons"] {
  const counts: Record<string, number> = {};
  for (const { name, count } of reasons) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}
