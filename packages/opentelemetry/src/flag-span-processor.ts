import { currentScope } from "@burgee/core/ambient";
import { type Context, trace } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { noteStart } from "./local-root.js";
import { flagsOf, stamp } from "./span-flags.js";

/**
 * Puts `feature_flags.<key>=<variant>` on every span that starts, for each flag that the current
 * scope has read by then; where the scope is lost, for each flag that its local root span carries.
 * With it, `flagTelemetry` finds that root, also from the spans below it.
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
export class FlagSpanProcessor implements SpanProcessor {
  onStart(span: Span, parentContext: Context): void {
    const root = noteStart(span, trace.getSpan(parentContext));
    const scope = currentScope();
    if (scope === undefined) {
      for (const [flag, variant] of flagsOf(root)) stamp(span, flag, variant);
    } else {
      for (const { flag, variant } of scope.exposures) stamp(span, flag, variant);
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
