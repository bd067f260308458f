import type { FlagKey, FlagStore } from "@burgee/core";
import { createCells } from "./cells.js";
import { createClientCells } from "./client-cells.js";
import type { Fleet } from "./guard/fleet.js";
import { createGuardedVariants } from "./guard/guarded-variants.js";
import type { GuardPolicy } from "./guard/policy.js";
import { createGuard, type Guard, type GuardedFlags } from "./guard.js";
import { formatPrometheus } from "./prometheus.js";
import type { MonitorSnapshot } from "./snapshot.js";

/** Watches what each variant of each flag does to the work that reads it. */
export interface Monitor {
  /** The counts since the monitor was created. */
  snapshot(): MonitorSnapshot;
  /** The same counts as OpenMetrics text, for Prometheus; its type is {@link PROMETHEUS_CONTENT_TYPE}. */
  prometheus(): string;
  /**
   * Guards a flag: compares its variants with the safe one, and stops it on evidence.
   *
   * @throws BurgeeError `INVALID_OPTIONS`
   *
   * @example
   * ```ts
   * import type { Monitor } from "@burgee/monitor";
   *
   * export function guardCheckout(monitor: Monitor) {
   *   const guard = monitor.guard({ flag: "new-checkout", action: "rollback" });
   *   guard.observe(({ type, reason }) => console.log(type, reason));
   * }
   * ```
   */
  guard<Key extends FlagKey>(policy: GuardPolicy<Key>): Guard;
  /** Stops counting, and its guards. */
  close(): void;
}

/** Flags, whatever their definitions. */
export interface ObservedFlags extends GuardedFlags {}

/** Options of {@link createMonitor}. */
export interface MonitorOptions {
  /**
   * Where the flags are held: a guard writes there what it stops.
   *
   * @default none: guards only notify
   */
  readonly store?: FlagStore | undefined;
  /**
   * Where what several instances count is put together, so that guards judge it as one: `redisFleet`.
   *
   * @default each instance goes by what it counts itself
   */
  readonly fleet?: Fleet | undefined;
  /**
   * The trace of a scope, for those that failed: `traceIdOf` of `@burgee/opentelemetry`.
   *
   * @default no traces
   */
  readonly traceId?: (scope: object) => string | undefined;
  /** The clock: milliseconds since the epoch. `@default Date.now` */
  readonly now?: () => number;
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
export function createMonitor(
  flags: ObservedFlags,
  { store, fleet, traceId, now = Date.now }: MonitorOptions = {},
): Monitor {
  const safe = new Map(Object.entries(flags.definitions ?? {}));
  const cells = createCells({ safeVariant: (flag) => safe.get(flag)?.default, traceId });
  const client = createClientCells();
  const guards: Guard[] = [];
  const guarded = createGuardedVariants();
  const startedAt = now();
  const stop = flags.observe({ settled: cells.count, reported: client.count });
  const snapshot = () => ({
    startedAt,
    takenAt: now(),
    cells: cells.snapshot(),
    splits: cells.splits(),
    guards: guarded.snapshot(),
    client: client.snapshot(),
  });
  return {
    snapshot,
    prometheus: () => formatPrometheus(snapshot()),
    guard(policy) {
      const guard = createGuard(policy, {
        flags,
        store,
        fleet,
        traceId,
        now,
        arrivals: cells.arrivals,
      });
      guards.push(guard);
      guarded.add(guard);
      return guard;
    },
    close() {
      stop();
      for (const guard of guards) guard.close();
    },
  };
}
