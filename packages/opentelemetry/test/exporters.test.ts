import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { flagMiddleware } from "@burgee/express";
import { FlagLogRecordProcessor, FlagSpanProcessor } from "@burgee/opentelemetry";
import { context, diag, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import express from "express";
import { expect, onTestFinished, test, vi } from "vitest";
import { inSpan } from "./sdk.js";
import { openTracedShop } from "./shop.js";

type Exporter = SpanExporter & LogRecordExporter;

/** An exporter that does that with what it is given, and how often it was asked. */
function exporterThat(work: () => void) {
  const asked = vi.fn(work);
  const exporter: Exporter = {
    export: asked,
    async forceFlush() {},
    async shutdown() {},
  };
  return { exporter, asked };
}

const failing = {
  throws: () => {
    throw new Error("out of reach");
  },
  "never answers": () => {},
};

const processorsOf = {
  "at once": (exporter: Exporter) => ({
    spans: new SimpleSpanProcessor(exporter),
    records: new SimpleLogRecordProcessor({ exporter }),
  }),
  "in batches": (exporter: Exporter) => ({
    spans: new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1 }),
    records: new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: 1 }),
  }),
};

test.each(
  Object.entries(failing).flatMap(([what, work]) =>
    Object.entries(processorsOf).map(([when, open]) => [what, when, work, open] as const),
  ),
)("an exporter that %s %s changes no value and no response", async (_what, _when, work, open) => {
  const { exporter, asked } = exporterThat(work);
  const { spans, records } = open(exporter);
  diag.disable();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spanProcessors = [new FlagSpanProcessor(), spans];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  const processors = [new FlagLogRecordProcessor(), records];
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors }));
  onTestFinished(() => {
    for (const api of [trace, context, logs]) api.disable();
  });

  const flags = openTracedShop();
  const app = express();
  app.use(flagMiddleware(flags, { context: (request) => ({ group: request.get("x-group") }) }));
  app.get("/", async (request, response) => {
    const value = await inSpan("handler", () => request.flags.get("new-checkout"));
    logs.getLogger("app").emit({ body: "handled" });
    response.json({ value, ranking: request.flags.get("search-ranking") });
  });
  const server = app.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const settled: string[] = [];
  flags.observe({ settled: ({ outcome }) => settled.push(outcome.status) });
  for (const group of ["new", "old", "new"]) {
    const response = await fetch(url, { headers: { "x-group": group } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ value: group === "new", ranking: "hybrid" });
  }
  await vi.waitFor(() => expect(settled).toEqual(["ok", "ok", "ok"]), 10_000);
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), 10_000);
});
