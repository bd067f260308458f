export type { Cell } from "./cells.js";
export type { ClientCell, ClientCounts } from "./client-cells.js";
export { BOUNDS, type Histogram, quantile } from "./histogram.js";
export {
  between,
  createMonitor,
  type Monitor,
  type MonitorOptions,
  type MonitorSnapshot,
  type ObservedFlags,
} from "./monitor.js";
export { formatTable } from "./table.js";
