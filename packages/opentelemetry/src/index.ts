export { FlagMetricProducer } from "./flag-metric-producer.js";
export { FlagSpanProcessor } from "./flag-span-processor.js";
export { flagTelemetry } from "./flag-telemetry.js";
export { traceIdOf } from "./trace-id.js";
