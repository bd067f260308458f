import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import * as core from "@burgee/core";
import * as ambient from "@burgee/core/ambient";
import * as express from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import * as telemetry from "@burgee/opentelemetry";
import { fileStore } from "@burgee/stores/file";
import { memoryStore } from "@burgee/stores/memory";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import application from "express";
import { expect, onTestFinished, test } from "vitest";

const require = createRequire(import.meta.url);
const required = {
  core: require("@burgee/core") as typeof core,
  ambient: require("@burgee/core/ambient") as typeof ambient,
  express: require("@burgee/express") as typeof express,
  telemetry: require("@burgee/opentelemetry") as typeof telemetry,
};

const on = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "on" } as const;

function openFlags() {
  const definitions = core.defineFlags({ "new-checkout": { default: false } });
  const flags = core.createFlags(definitions, {
    source: memoryStore({ flags: { "new-checkout": on } }),
  });
  onTestFinished(() => flags.close());
  return flags;
}

test("what is imported and what is required are two copies", () => {
  expect(required.core.createFlags).not.toBe(core.createFlags);
  expect(required.express.flagMiddleware).not.toBe(express.flagMiddleware);
});

test("a scope that one form enters is the current one of the other, across what is awaited", async () => {
  const scope = openFlags().scope({});
  const seen = async (form: typeof ambient) => {
    await null;
    return form.currentScope();
  };
  expect(await ambient.runInScope(scope, () => seen(required.ambient))).toBe(scope);
  expect(await required.ambient.runInScope(scope, () => seen(ambient))).toBe(scope);
});

test("a job of imported Flags is run in a scope that the required form reads", async () => {
  const read = await openFlags().run({}, async () => {
    await null;
    return required.ambient.currentScope()?.get("new-checkout");
  });
  expect(read).toBe(true);
});

test("a route behind the required form's gate reads the scope of the imported middleware", async () => {
  const flags = openFlags();
  const monitor = createMonitor(flags);
  const app = application();
  app.use(express.flagMiddleware(flags, { context: {} }));
  app.get("/checkout", required.express.requireFlag("new-checkout"), (_req, res) => {
    res.json(required.ambient.currentScope()?.get("new-checkout"));
  });
  const server = app.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const settled = new Promise((resolve) => flags.observe({ settled: resolve }));
  const answer = await fetch(`http://127.0.0.1:${port}/checkout`);
  expect(await answer.json()).toBe(true);
  await settled;
  expect(monitor.snapshot().cells).toMatchObject([{ flag: "new-checkout", variant: "on" }]);
});

test.each([
  ["imported", "required", telemetry, required.telemetry],
  ["required", "imported", required.telemetry, telemetry],
])(
  "the %s processor and the %s telemetry know the same spans",
  async (_one, _other, noting, telling) => {
    const exporter = new InMemorySpanExporter();
    const spanProcessors = [new noting.FlagSpanProcessor(), new SimpleSpanProcessor(exporter)];
    const tracer = new BasicTracerProvider({ spanProcessors }).getTracer("shop");
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    onTestFinished(() => context.disable());
    const flags = openFlags();
    onTestFinished(telling.flagTelemetry(flags));
    const scope = flags.scope({});
    const inSpan = (name: string, work: () => void) => {
      const span = tracer.startSpan(name, {}, context.active());
      context.with(trace.setSpan(context.active(), span), work);
      span.end();
    };
    inSpan("GET /", () => {
      inSpan("middleware", () => scope.get("new-checkout"));
      inSpan("query", () => {});
    });
    const carried = { "feature_flags.new-checkout": "on" };
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ attributes }) => attributes)).toEqual([carried, carried, carried]);
    const { traceId } = spans[0]?.spanContext() ?? {};
    for (const form of [noting, telling]) expect(form.traceIdOf(scope)).toBe(traceId);
  },
);

test("an error of one form is a BurgeeError of the other", () => {
  expect(new required.core.BurgeeError("INVALID_PIN", "no")).toBeInstanceOf(core.BurgeeError);
  expect(new Error("no")).not.toBeInstanceOf(core.BurgeeError);
});

test("a faulty file of an imported store is the same problem to required Flags", async () => {
  const file = fileURLToPath(new URL("../faulty.json", import.meta.url));
  writeFileSync(file, '{ "flags": [] }');
  const problems: unknown[] = [];
  const flags = required.core.createFlags(required.core.defineFlags({}), {
    source: fileStore(file),
  });
  onTestFinished(() => flags.close());
  const told = new Promise<void>((resolve) => {
    flags.observe({ problem: (problem) => void resolve(void problems.push(problem)) });
  });
  void flags.ready();
  await told;
  expect(problems).toMatchObject([{ code: "INVALID_FLAG_SET" }]);
});
