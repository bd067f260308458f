export type { EvaluationEventOptions } from "./evaluation-event.js";
export { flagFields } from "./flag-fields.js";
export {
  FlagLogRecordProcessor,
  type FlagLogRecordProcessorOptions,
} from "./flag-log-record-processor.js";
export { FlagMetricProducer } from "./flag-metric-producer.js";
export { FlagSpanProcessor, type FlagSpanProcessorOptions } from "./flag-span-processor.js";
export { type FlagTelemetryOptions, flagTelemetry } from "./flag-telemetry.js";
export type { FlagPreset } from "./preset.js";
export { traceIdOf } from "./trace-id.js";
