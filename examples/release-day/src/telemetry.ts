import { createWriteStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { FlagSpanProcessor } from "@burgee/opentelemetry";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import type { RequestHandler } from "express";

/** How many failed traces are kept in memory, the newest. */
const KEPT = 50;

/** A span as it is written: one line of JSON. */
export interface WrittenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** In milliseconds. */
  readonly duration: number;
  readonly failed: boolean;
  readonly attributes: ReadableSpan["attributes"];
}

/** The shop's traces. */
export interface Telemetry {
  /** Where every span is written. */
  readonly path: string;
  /** The spans of one of the last traces that failed, in the order they ended. */
  traceOf(traceId: string | undefined): readonly WrittenSpan[];
  stop(): Promise<void>;
}

/** Registers an OpenTelemetry SDK that writes spans to a file and keeps the last traces. */
export function startTelemetry(file: URL): Telemetry {
  const path = fileURLToPath(file);
  const lines = createWriteStream(path);
  const open = new Map<string, WrittenSpan[]>();
  const failed = new Map<string, readonly WrittenSpan[]>();

  /** The server span ends last: then its trace is whole. */
  function keep(span: WrittenSpan): void {
    const spans = [...(open.get(span.traceId) ?? []), span];
    open.set(span.traceId, spans);
    if (span.parentSpanId !== undefined) return;
    open.delete(span.traceId);
    if (!span.failed) return;
    failed.set(span.traceId, spans);
    const [oldest] = failed.keys();
    if (failed.size > KEPT && oldest !== undefined) failed.delete(oldest);
  }

  const exporter: SpanExporter = {
    export(spans, done) {
      for (const span of spans.map(written)) {
        lines.write(`${JSON.stringify(span)}\n`);
        keep(span);
      }
      done({ code: 0 });
    },
    async shutdown() {
      lines.end();
    },
  };
  const provider = new BasicTracerProvider({
    spanProcessors: [new FlagSpanProcessor(), new SimpleSpanProcessor(exporter)],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    path,
    traceOf: (traceId = "") => failed.get(traceId) ?? [],
    stop: () => provider.shutdown(),
  };
}

function written(span: ReadableSpan): WrittenSpan {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  const [seconds, nanoseconds] = span.duration;
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: span.name,
    duration: 1000 * seconds + nanoseconds / 1e6,
    failed: span.status.code === SpanStatusCode.ERROR,
    attributes: span.attributes,
  };
}

/** A server span around each request. */
export const traced: RequestHandler = (request, response, next) => {
  const name = `${request.method} ${request.baseUrl}`;
  trace.getTracer("shop").startActiveSpan(name, { kind: SpanKind.SERVER }, (span) => {
    response.once("close", () => {
      span.setAttribute("http.response.status_code", response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    next();
  });
};

/** A span around a call to somebody else. */
export function calling<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
  return trace
    .getTracer("shop")
    .startActiveSpan(name, { kind: SpanKind.CLIENT }, (span) => call().finally(() => span.end()));
}
