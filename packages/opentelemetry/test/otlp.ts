import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { EvaluationContext, Flags } from "@burgee/core";
import { flagErrors, flagMiddleware } from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import {
  FlagLogRecordProcessor,
  FlagMetricProducer,
  FlagSpanProcessor,
  flagTelemetry,
  traceIdOf,
} from "@burgee/opentelemetry";
import { context, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import { onTestFinished, vi } from "vitest";
import { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.js";

/** An attribute as OTLP writes it in JSON. */
interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface Attributed {
  readonly attributes?: readonly KeyValue[];
}

/** A span, as a back end gets it. */
export interface OtlpSpan extends Attributed {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly events?: readonly (Attributed & { readonly name: string })[];
}

/** A log record, as a back end gets it. */
export interface OtlpRecord extends Attributed {
  readonly traceId?: string;
  readonly eventName?: string;
  readonly body?: { readonly stringValue?: string };
}

/** A metric, as a back end gets it. */
export interface OtlpMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly (Attributed & { readonly asInt: number })[] };
}

/** OTLP's `SPAN_KIND_SERVER`. */
export const SERVER = 2;

// both hook `require`, so what they instrument is required, once they are there
const instrumentations = [
  new HttpInstrumentation({
    ignoreIncomingRequestHook: ({ url }) => url?.startsWith("/v1/") === true,
  }),
  new ExpressInstrumentation(),
];
registerInstrumentations({ instrumentations });
const require = createRequire(import.meta.url);
require("node:http");
const express: typeof import("express") = require("express");

/** The `feature_flags.*` of something exported. */
export function flagsOn({ attributes = [] }: Attributed): Record<string, unknown> {
  return Object.fromEntries(
    attributes
      .filter(({ key }) => key.startsWith("feature_flags"))
      .map(({ key, value }) => [key, value.stringValue]),
  );
}

/** A shop under the real SDKs and instrumentations, which export to a back end of the test's own. */
export async function startExporting(
  flags: Flags,
  contextOf: (request: Request) => EvaluationContext,
  handler: RequestHandler,
  backEnd: ReceiverOptions = {},
) {
  const receiver = await startReceiver(backEnd);
  const address = (signal: string) => ({
    url: `http://127.0.0.1:${receiver.port}/v1/${signal}`,
    timeoutMillis: backEnd.answers === false ? 500 : 10_000, // it is waited for as all shuts down
  });
  onTestFinished(flagTelemetry(flags));
  const monitor = createMonitor(flags, { traceId: traceIdOf });
  const tracers = new BasicTracerProvider({
    spanProcessors: [
      new FlagSpanProcessor(),
      new BatchSpanProcessor(new OTLPTraceExporter(address("traces")), {
        scheduledDelayMillis: 50,
      }),
    ],
  });
  const loggers = new LoggerProvider({
    processors: [
      new FlagLogRecordProcessor(),
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter(address("logs")),
        scheduledDelayMillis: 50,
      }),
    ],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(address("metrics")),
    metricProducers: [new FlagMetricProducer(monitor)],
    exportIntervalMillis: 1000,
    exportTimeoutMillis: 500,
  });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracers);
  logs.setGlobalLoggerProvider(loggers);
  for (const instrumentation of instrumentations) instrumentation.setTracerProvider(tracers);
  onTestFinished(async () => {
    for (const api of [trace, context, logs]) api.disable();
    monitor.close();
    await Promise.allSettled([tracers, loggers, meters].map((provider) => provider.shutdown()));
  });

  const app = express();
  app.use(flagMiddleware(flags, { context: contextOf }));
  app.get("/:user", handler);
  app.use(flagErrors());
  const answer: ErrorRequestHandler = (_error, _request, response, _next) => {
    response.status(500).json("failed");
  };
  app.use(answer);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;

  return {
    monitor,
    receiver,
    visit: (user: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}/${user}`, { headers }),
    /** What has arrived, once there are so many server spans. */
    async exported(requests: number) {
      await vi.waitFor(
        async () => {
          await tracers.forceFlush();
          const served = exportedTo(receiver).spans.filter(({ kind }) => kind === SERVER);
          if (served.length < requests) throw new Error(`${served.length} served`);
        },
        { timeout: 10_000 },
      );
      await Promise.all([loggers, meters].map((provider) => provider.forceFlush()));
      return exportedTo(receiver);
    },
  };
}

/** What a back end was sent, and all of it as one text. */
function exportedTo({ received }: Receiver) {
  const sent = (signal: string) =>
    received
      .filter(({ path }) => path === `/v1/${signal}`)
      .map(({ body }) => JSON.parse(body.toString()));
  return {
    spans: sent("traces")
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }): OtlpSpan[] => spans),
    records: sent("logs")
      .flatMap(({ resourceLogs }) => resourceLogs)
      .flatMap(({ scopeLogs }) => scopeLogs)
      .flatMap(({ logRecords }): OtlpRecord[] => logRecords),
    /** The last of each metric. */
    metrics: new Map<string, OtlpMetric>(
      sent("metrics")
        .flatMap(({ resourceMetrics }) => resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }): OtlpMetric[] => metrics)
        .map((metric) => [metric.name, metric]),
    ),
    text: received.map(({ body }) => body.toString()).join("\n"),
  };
}
