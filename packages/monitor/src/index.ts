export type { Cell } from "./cells.js";
export { BOUNDS, type Histogram, quantile } from "./histogram.js";
export {
  between,
  createMonitor,
  type Monitor,
  type MonitorOptions,
  type MonitorSnapshot,
} from "./monitor.js";
export { formatTable } from "./table.js";
