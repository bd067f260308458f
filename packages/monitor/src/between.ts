import type { Cell } from "./cell.js";
import type { ClientCell, ClientCounts } from "./client-cells.js";
import type { GuardedVariant } from "./guard/guarded-variants.js";
import { emptyHistogram, type Histogram, type Timing } from "./histogram.js";
import type { MonitorSnapshot } from "./snapshot.js";

/**
 * What was counted between two snapshots of one monitor. A split's units and a guard's evidence are not:
 * they are as they were at the later one.
 *
 * @example
 * ```ts
 * import { between, type Monitor } from "@burgee/monitor";
 *
 * export function everySecond(monitor: Monitor) {
 *   let before = monitor.snapshot();
 *   setInterval(() => {
 *     const now = monitor.snapshot();
 *     console.log(between(before, now).cells);
 *     before = now;
 *   }, 1000);
 * }
 * ```
 */
export function between(earlier: MonitorSnapshot, later: MonitorSnapshot): MonitorSnapshot {
  const before = byName(earlier.cells, nameOfCell);
  const cells = later.cells.map((cell) => {
    const known = before.get(nameOfCell(cell));
    return known === undefined ? cell : cellSince(cell, known);
  });
  return {
    ...later,
    startedAt: earlier.takenAt,
    cells: cells.filter(({ exposures }) => exposures > 0),
    guards: guardsSince(later.guards, earlier.guards),
    client: clientSince(later.client, earlier.client),
  };
}

function nameOfCell({ flag, split, variant, mark }: Cell): string {
  return JSON.stringify([flag, split, variant, mark]);
}

function nameOfVariant({ flag, variant }: ClientCell | GuardedVariant): string {
  return JSON.stringify([flag, variant]);
}

function byName<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item> {
  return new Map(items.map((item) => [nameOf(item), item]));
}

function cellSince(later: Cell, earlier: Cell): Cell {
  return {
    ...later,
    exposures: later.exposures - earlier.exposures,
    reasons: countsSince(later.reasons, earlier.reasons),
    errors: countsSince(later.errors, earlier.errors),
    aborted: later.aborted - earlier.aborted,
    streaming: later.streaming - earlier.streaming,
    durations: histogramSince(later.durations, earlier.durations),
    timings: timingsSince(later.timings, earlier.timings),
  };
}

function clientSince(later: ClientCounts, earlier: ClientCounts): ClientCounts {
  const before = byName(earlier.cells, nameOfVariant);
  const cells = later.cells.map((cell) => {
    const { exposures = 0, errors = {} } = before.get(nameOfVariant(cell)) ?? {};
    return {
      ...cell,
      exposures: cell.exposures - exposures,
      errors: countsSince(cell.errors, errors),
    };
  });
  return {
    cells: cells.filter(({ exposures, errors }) => exposures > 0 || Object.keys(errors).length > 0),
    unverified: later.unverified - earlier.unverified,
  };
}

function guardsSince(
  later: MonitorSnapshot["guards"],
  earlier: MonitorSnapshot["guards"],
): MonitorSnapshot["guards"] {
  const before = byName(earlier, nameOfVariant);
  return later.map((guarded) => {
    const known = before.get(nameOfVariant(guarded));
    return { ...guarded, trips: guarded.trips - (known?.trips ?? 0) };
  });
}

/** Counts by name. */
type Counts = Readonly<Record<string, number>>;

/** What a later count has that an earlier one had not. */
function countsSince(later: Counts, earlier: Counts): Counts {
  const before = new Map(Object.entries(earlier));
  const counts = Object.entries(later).map(
    ([type, count]) => [type, count - (before.get(type) ?? 0)] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

const NO_TIME: Timing = { seconds: 0, durations: emptyHistogram() };

function timingsSince(later: Cell["timings"], earlier: Cell["timings"]): Cell["timings"] {
  const before = new Map(Object.entries(earlier));
  return Object.fromEntries(
    Object.entries(later).map(([type, { seconds, durations }]) => {
      const known = before.get(type) ?? NO_TIME;
      const since = histogramSince(durations, known.durations);
      return [type, { seconds: seconds - known.seconds, durations: since }];
    }),
  );
}

function histogramSince(later: Histogram, earlier: Histogram): Histogram {
  return later.map((count, bucket) => count - (earlier[bucket] ?? 0));
}
