export { between } from "./between.js";
export type { Cell } from "./cell.js";
export type { ClientCell, ClientCounts } from "./client-cells.js";
export {
  createEvidence,
  type Evidence,
  type EvidenceOptions,
  type Intervals,
} from "./evidence.js";
export { detectableIn, type Regression } from "./evidence/detectable.js";
export type { Interval } from "./evidence/interval.js";
export type { TestOptions, ThresholdOptions } from "./evidence/options.js";
export type { EvidenceState } from "./evidence/state.js";
export type { Counts, Stratum } from "./evidence/stratum.js";
export { type FlushOptions, type Flushing, flushCounts, type WriteCounts } from "./flush.js";
export type { Guard, GuardedFlags } from "./guard.js";
export type { GuardEvent, GuardListener, GuardState } from "./guard/events.js";
export type { Fleet, FleetAddition, FleetBucket, FleetLead, FleetSeries } from "./guard/fleet.js";
export { type FleetClient, type RedisFleetOptions, redisFleet } from "./guard/redis-fleet.js";
export type { GuardedVariant } from "./guard/guarded-variants.js";
export type { GuardAction, GuardPolicy } from "./guard/policy.js";
export type { GuardEvidence, SideCounts } from "./guard/trial.js";
export { BOUNDS, type Histogram, quantile, type Timing } from "./histogram.js";
export type { Mark } from "./mark.js";
export { type Metric, type MetricAttributes, type MetricPoint, metricsOf } from "./metrics.js";
export {
  createMonitor,
  type Monitor,
  type MonitorOptions,
  type ObservedFlags,
} from "./monitor.js";
export { PROMETHEUS_CONTENT_TYPE } from "./prometheus.js";
export type { SplitCheck } from "./sample-ratio.js";
export type { MonitorSnapshot } from "./snapshot.js";
export { formatTable } from "./table.js";
