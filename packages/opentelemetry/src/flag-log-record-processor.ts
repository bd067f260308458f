import { type Context, trace } from "@opentelemetry/api";
import { currentFlags } from "./current-flags.js";
import { EVALUATION } from "./evaluation-event.js";
import { localRootOf } from "./local-root.js";
import { type FlagPreset, type Written, writers } from "./preset.js";

/** What is used of an SDK's log record; its own type would ask for the SDK where there are no logs. */
interface EmittedRecord extends Written {
  readonly eventName?: string | undefined;
}

/** Options of {@link FlagLogRecordProcessor}. */
export interface FlagLogRecordProcessorOptions {
  /** How flags are written. `@default "attributes"` */
  readonly preset?: FlagPreset;
}

/**
 * A `LogRecordProcessor` of `@opentelemetry/sdk-logs` that puts the variants of the flags that the
 * current scope has read on every log record that is emitted in it, exceptions among them; where
 * the scope is lost, those that the local root span carries. Put it before the processors that
 * export: one that does so at once does not wait for it.
 *
 * @example
 * ```ts
 * import { FlagLogRecordProcessor } from "@burgee/opentelemetry";
 * import { logs } from "@opentelemetry/api-logs";
 * import {
 *   BatchLogRecordProcessor,
 *   ConsoleLogRecordExporter,
 *   LoggerProvider,
 * } from "@opentelemetry/sdk-logs";
 *
 * const exporter = new ConsoleLogRecordExporter();
 * const processors = [new FlagLogRecordProcessor(), new BatchLogRecordProcessor({ exporter })];
 * logs.setGlobalLoggerProvider(new LoggerProvider({ processors }));
 * ```
 */
export class FlagLogRecordProcessor {
  readonly #preset: FlagPreset;

  constructor({ preset = "attributes" }: FlagLogRecordProcessorOptions = {}) {
    this.#preset = preset;
  }

  onEmit(record: EmittedRecord, context?: Context): void {
    if (record.eventName === EVALUATION) return; // says its own flag
    const span = context && trace.getSpan(context);
    const flags = currentFlags(span && localRootOf(span));
    if (flags !== undefined) writers[this.#preset].all(record, flags);
  }

  /** Nobody wants a record for its sake alone. */
  enabled(): boolean {
    return false;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
