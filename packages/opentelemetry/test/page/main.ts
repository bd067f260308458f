import { ShownFlagSpanProcessor } from "@burgee/opentelemetry/web";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { WebTracerProvider } from "@opentelemetry/sdk-trace-web";

const shown = new Map([["search-ranking", "hybrid"]]);
const exporter = new InMemorySpanExporter();
const provider = new WebTracerProvider({
  spanProcessors: [
    new SimpleSpanProcessor(exporter),
    new ShownFlagSpanProcessor(() => shown),
    new ShownFlagSpanProcessor(() => shown, { preset: "sentry" }),
  ],
});
provider.register();

/** A click while one flag is on the screen, and an error once there is another. */
function click(): readonly Pick<ReadableSpan, "name" | "attributes" | "events">[] {
  const tracer = provider.getTracer("page");
  tracer.startSpan("click").end();
  tracer.startActiveSpan("render", (span) => {
    shown.set("new-header", "on");
    tracer.startSpan("fetch").end();
    span.recordException(new TypeError("no header"));
    span.end();
  });
  return exporter
    .getFinishedSpans()
    .map(({ name, attributes, events }) => ({ name, attributes, events }));
}

Object.assign(globalThis, { click });
