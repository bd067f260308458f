import type { Observer } from "@burgee/core";
import { type Cell, createCells, errorsSince } from "./cells.js";
import { type ClientCounts, createClientCells, differenceOf } from "./client-cells.js";

/** The counts of a monitor at one moment. */
export interface MonitorSnapshot {
  /** One cell for each flag, split and variant that was read. */
  readonly cells: readonly Cell[];
  /** What browsers report. It is another metric: never add it to the server's. */
  readonly client: ClientCounts;
}

/** Watches what each variant of each flag does to the work that reads it. */
export interface Monitor {
  /** The counts since the monitor was created. */
  snapshot(): MonitorSnapshot;
  /** Stops counting. */
  close(): void;
}

/** Flags, whatever their definitions. */
export interface ObservedFlags {
  observe(observer: Observer): () => void;
}

/** Options of {@link createMonitor}. */
export interface MonitorOptions {
  /**
   * The trace of a scope, for those that failed: `traceIdOf` of `@burgee/opentelemetry`.
   *
   * @default no traces
   */
  readonly traceId?: (scope: object) => string | undefined;
}

/**
 * Counts the outcome of every scope against each variant it has read: in process, all of them,
 * whatever tracing samples. What browsers report is counted apart.
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { createMonitor, formatTable } from "@burgee/monitor";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 * const monitor = createMonitor(flags);
 *
 * setInterval(() => console.log(formatTable(monitor.snapshot())), 1000).unref();
 * ```
 */
export function createMonitor(flags: ObservedFlags, { traceId }: MonitorOptions = {}): Monitor {
  const cells = createCells();
  const client = createClientCells();
  const close = flags.observe({
    settled({ scope, exposures, outcome }) {
      const failedTrace = outcome.status === "error" ? traceId?.(scope) : undefined;
      for (const exposure of exposures) cells.count(exposure, outcome, failedTrace);
    },
    reported: client.count,
  });
  return { snapshot: () => ({ cells: cells.snapshot(), client: client.snapshot() }), close };
}

/**
 * What was counted between two snapshots of one monitor.
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
  const cells = later.cells.map((cell) => {
    const before = earlier.cells.find((other) => sameCell(cell, other));
    return before === undefined ? cell : difference(cell, before);
  });
  return {
    cells: cells.filter(({ exposures }) => exposures > 0),
    client: differenceOf(later.client, earlier.client),
  };
}

function sameCell(a: Cell, b: Cell): boolean {
  return a.flag === b.flag && a.split === b.split && a.variant === b.variant;
}

function difference(later: Cell, earlier: Cell): Cell {
  return {
    ...later,
    exposures: later.exposures - earlier.exposures,
    aborted: later.aborted - earlier.aborted,
    errors: errorsSince(later.errors, earlier.errors),
    durations: later.durations.map((count, bucket) => count - (earlier.durations[bucket] ?? 0)),
  };
}
