import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** Keeps the spans that Next makes, where the monitor's route finds them. */
export function startTelemetry() {
  globalThis.spans = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(globalThis.spans)];
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
}
