import { currentScope } from "@burgee/core/ambient";
import { type Context, type Span, trace } from "@opentelemetry/api";
import { currentFlags, flagsReadIn } from "./current-flags.js";
import { type EndingSpan, stampExceptions } from "./exceptions.js";
import { noteEnd, noteStart } from "./local-root.js";
import { type FlagPreset, writers } from "./preset.js";
import { notes } from "./span-notes.js";

/** Options of {@link FlagSpanProcessor}. */
export interface FlagSpanProcessorOptions {
  /** How flags are written. `@default "attributes"` */
  readonly preset?: FlagPreset;
}

/**
 * A `SpanProcessor` of `@opentelemetry/sdk-trace-base` that puts the variants of the flags that the
 * current scope has read on every span that starts, and on the exceptions that are recorded on it;
 * where the scope is lost, those that its local root span carries. With it, `flagTelemetry` finds
 * that root, also from the spans below it. Its place among other processors does not matter.
 *
 * @example
 * ```ts
 * import { trace } from "@opentelemetry/api";
 * import { FlagSpanProcessor } from "@burgee/opentelemetry";
 * import {
 *   BasicTracerProvider,
 *   BatchSpanProcessor,
 *   ConsoleSpanExporter,
 * } from "@opentelemetry/sdk-trace-base";
 *
 * const spanProcessors = [new FlagSpanProcessor(), new BatchSpanProcessor(new ConsoleSpanExporter())];
 * trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
 * ```
 */
export class FlagSpanProcessor {
  readonly #preset: FlagPreset;

  constructor({ preset = "attributes" }: FlagSpanProcessorOptions = {}) {
    this.#preset = preset;
    notes.watched = true;
  }

  onStart(span: Span, parentContext: Context): void {
    const noted = noteStart(span, trace.getSpan(parentContext), this.#preset);
    noted.scope = currentScope();
    const flags = currentFlags(noted.root);
    if (flags === undefined) return;
    noted.flags ??= flags;
    writers[this.#preset].all(span, flags);
  }

  /** An exception has its scope's variants, also those that were read in other spans. */
  onEnding(span: EndingSpan): void {
    const noted = notes.ofSpan.get(span);
    const flags = noted?.scope === undefined ? noted?.flags : flagsReadIn(noted.scope);
    stampExceptions(span, flags, this.#preset);
  }

  onEnd(span: object): void {
    noteEnd(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
