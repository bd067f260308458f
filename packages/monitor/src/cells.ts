import type { EvaluationDetails, Exposure, Settlement } from "@burgee/core";
import {
  type Cell,
  type Counter,
  cellOf,
  createCounter,
  emptyTally,
  remember,
  type Tally,
} from "./cell.js";
import { bucketOf, quantile } from "./histogram.js";
import { isLate, PATIENCE } from "./late.js";
import { markOf } from "./mark.js";
import { reasonIn } from "./reason.js";
import {
  type Arrivals,
  createSampleRatio,
  createUnitHash,
  type SampleRatio,
  type SplitCheck,
  type UnitHash,
} from "./sample-ratio.js";
import {
  errorTypeIn,
  MAX_ERROR_SERIES,
  MAX_ERROR_TYPES,
  MAX_REASON_SERIES,
  MAX_SERIES,
  OTHER,
} from "./series.js";

/** Counts outcomes by flag, split and variant. */
export interface Cells {
  /** Counts every exposure of a scope with its outcome. */
  count(settlement: Settlement): void;
  /** The counts now; later counts do not change it. */
  snapshot(): readonly Cell[];
  /** Whether each split's units arrive as it was told to give. */
  splits(): readonly SplitCheck[];
  /** How the units of one split of a flag arrive; undefined of one that is not counted. */
  arrivals(flag: string, split: string): Arrivals | undefined;
}

/** What {@link createCells} asks. */
export interface CellsOptions {
  /** The name of a flag's safe variant. */
  readonly safeVariant?: (flag: string) => string | undefined;
  /** The trace of a scope. */
  readonly traceId?: ((scope: object) => string | undefined) | undefined;
}

/** How many durations there must be for a 99th percentile. */
const ENOUGH = 100;

/** The counters of one flag. */
interface FlagCounters {
  readonly counters: Counter[];
  readonly ratios: Map<string, SampleRatio>;
  /** The number of the last settlement that counted for it, and what was read. */
  settlement: number;
  variant: string;
}

export function createCells({ safeVariant, traceId }: CellsOptions = {}): Cells {
  const byFlag = new Map<string, FlagCounters>();
  const other = createCounter(OTHER, undefined, OTHER, undefined, undefined);
  const hash = createUnitHash();
  /** Of each cell two: an error that comes must have somewhere to go. */
  let series = 2;
  let errorSeries = 0;
  let reasonSeries = 0;
  let settlements = 0;

  function countersOf(flag: string): FlagCounters | undefined {
    const known = byFlag.get(flag);
    if (known !== undefined || series + 2 > MAX_SERIES || flag === OTHER) return known;
    const counters = { counters: [], ratios: new Map(), settlement: 0, variant: "" };
    byFlag.set(flag, counters);
    return counters;
  }

  function counterOf(exposure: Exposure, reidentified: boolean): Counter {
    const { flag, variant, details } = exposure;
    const known = countersOf(flag);
    if (known === undefined) return other;
    const conflict = known.settlement === settlements && known.variant !== variant;
    if (!conflict) {
      known.settlement = settlements;
      known.variant = variant;
    }
    const split = details.split?.id;
    const mark = markOf(exposure, reidentified, conflict);
    for (const counter of known.counters) {
      if (counter.variant === variant && counter.split === split && counter.mark === mark) {
        return counter;
      }
    }
    if (series + 2 > MAX_SERIES) return other;
    series += 2;
    const counter = createCounter(flag, split, variant, mark, ratioOf(known, split, hash));
    known.counters.push(counter);
    return counter;
  }

  function countReason({ reasons }: Counter, details: EvaluationDetails<unknown>): void {
    const { reason, errorCode } = details;
    for (const known of reasons) {
      if (known.reason === reason && known.errorCode === errorCode) {
        known.count++;
        return;
      }
    }
    const name = reasonSeries < MAX_REASON_SERIES ? reasonIn(details) : OTHER;
    if (name !== OTHER) reasonSeries++;
    reasons.push({ reason, errorCode, name, count: 1 });
  }

  /** After how long a caller has waited too long for a flag: what 99 of 100 of the safe side take. */
  function patienceFor({ flag, split }: Counter): number {
    const safe = safeVariant?.(flag);
    const counter = byFlag
      .get(flag)
      ?.counters.find(
        (one) => one.split === split && one.variant === safe && one.mark === undefined,
      );
    const durations = counter?.unfailed.durations ?? [];
    if (durations.reduce((sum, count) => sum + count, 0) < ENOUGH) return PATIENCE;
    return Math.min(PATIENCE, 1000 * (quantile(durations, 0.99) as number));
  }

  function tallyOf({ failed }: Counter, errorType: string): Tally {
    const known = failed.get(errorType);
    if (known !== undefined) return known;
    const isFull = errorSeries >= MAX_ERROR_SERIES || series >= MAX_SERIES;
    const name = isFull || failed.size >= MAX_ERROR_TYPES ? OTHER : errorTypeIn(errorType);
    const named = failed.get(name);
    if (named !== undefined) return named;
    if (name !== OTHER) {
      series++;
      errorSeries++;
    }
    const tally = emptyTally();
    failed.set(name, tally);
    return tally;
  }

  return {
    count({ scope, exposures, outcome, reidentified }) {
      settlements++;
      const aborted = outcome.status === "aborted";
      const { duration } = outcome;
      const seconds = duration === undefined ? 0 : duration / 1000;
      const bucket = duration === undefined ? 0 : bucketOf(seconds);
      let trace: string | undefined;
      let traced = false;
      for (const exposure of exposures) {
        const counter = counterOf(exposure, reidentified);
        const { split } = exposure.details;
        countReason(counter, exposure.details);
        if (split !== undefined && counter.mark !== "conflict") {
          counter.ratio?.count(exposure.variant, split);
        }
        const late = aborted && isLate(outcome, patienceFor(counter));
        const errorType = late ? "timeout" : outcome.errorType;
        if (outcome.streaming === true) counter.streaming++;
        else if (aborted && !late) counter.aborted++;
        const tally = errorType === undefined ? counter.unfailed : tallyOf(counter, errorType);
        tally.count++;
        if (duration !== undefined && (!aborted || late)) {
          tally.seconds += seconds;
          (tally.durations[bucket] as number)++;
        }
        if (errorType === undefined || traceId === undefined) continue;
        if (!traced) {
          traced = true;
          trace = traceId(scope);
        }
        if (trace !== undefined) remember(counter, trace);
      }
    },
    snapshot() {
      const cells = [...byFlag.values()].flatMap(({ counters }) => counters.map(cellOf));
      const rest = cellOf(other);
      return rest.exposures === 0 ? cells : [...cells, rest];
    },
    splits: () =>
      [...byFlag].flatMap(([flag, { ratios }]) =>
        [...ratios].map(([split, ratio]) => ({ flag, split, ...ratio.snapshot() })),
      ),
    arrivals: (flag, split) => byFlag.get(flag)?.ratios.get(split)?.snapshot(),
  };
}

function ratioOf(
  { ratios }: FlagCounters,
  split: string | undefined,
  hash: UnitHash,
): SampleRatio | undefined {
  if (split === undefined) return undefined;
  const ratio = ratios.get(split) ?? createSampleRatio(hash);
  ratios.set(split, ratio);
  return ratio;
}
