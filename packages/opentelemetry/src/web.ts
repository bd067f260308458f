export type { FlagPreset } from "./preset.js";
export {
  ShownFlagSpanProcessor,
  type ShownFlagSpanProcessorOptions,
  type ShownFlags,
} from "./shown-flag-span-processor.js";
