import assert from "node:assert/strict";
import { createFlags } from "@burgee/core";
import { FlagSpanProcessor, flagTelemetry } from "@burgee/opentelemetry";
import { memoryStore } from "@burgee/stores/memory";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { paired } from "./lib/paired.mjs";

export const title = "What does telling OpenTelemetry of a flag that is read add to reading it?";

export const figures = {
  control: "the same again, µs",
  none: "without an SDK, µs",
  unsampled: "in a trace that is sampled out, µs",
  meanwhile: "in one while another records, µs",
  recording: "on a span that records, µs",
  below: "below one, on both, µs",
  event: "and the log event, µs",
};

export const isFor = (name) => name === burgee;

const keys = ["a", "b", "c", "d", "e"];
const definitions = Object.fromEntries(keys.map((key) => [key, { default: false }]));
const flag = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "on" };
const document = Object.fromEntries(keys.map((key) => [key, flag]));

export async function measure() {
  const [bare, again, told] = await Promise.all([open(), open(), open()]);
  flagTelemetry(told);

  const none = await compare(bare, told, () => (request) => request());

  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const off = tracerOf(new AlwaysOffSampler());
  const unsampled = await compare(bare, told, () => (request) => inSpan(off, request));

  const on = tracerOf();
  const other = on.startSpan("other");
  const meanwhile = await compare(bare, told, () => (request) => inSpan(off, request));
  other.end();

  const inRoot = (request) => inSpan(on, request);
  const recording = await compare(bare, told, () => inRoot);
  const control = await compare(bare, again, () => inRoot);
  const inChild = (request) => inSpan(on, () => inSpan(on, request));
  const below = await compare(bare, told, () => inChild);

  let events = 0;
  const counting = { onEmit: () => events++, async forceFlush() {}, async shutdown() {} };
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [counting] }));
  const event = await compare(bare, told, () => inChild);
  assert(events >= 400 * 100 * keys.length, "each read is an event");

  for (const flags of [bare, again, told]) flags.close();
  return { control: Math.abs(control), none, unsampled, meanwhile, recording, below, event };
}

/** Flags that tell of each read, to an observer that does nothing. */
async function open() {
  const flags = createFlags(definitions, { source: memoryStore({ flags: document }) });
  flags.observe({ exposure() {} });
  assert(await flags.ready(), "the flags are there");
  return flags;
}

/** What a read of the second costs more than one of the first, in microseconds. */
async function compare(first, second, inside) {
  const costs = await paired({
    first: requestsIn(inside(), first),
    second: requestsIn(inside(), second),
  });
  return (costs.second - costs.first) / keys.length / 1000;
}

function requestsIn(inside, flags) {
  const request = () => {
    const scope = flags.scope({});
    for (const key of keys) scope.get(key);
    scope.settle();
  };
  return () => inside(request);
}

function tracerOf(sampler) {
  const spanProcessors = [new FlagSpanProcessor()];
  const provider = new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) });
  return provider.getTracer("bench");
}

function inSpan(tracer, work) {
  const span = tracer.startSpan("work");
  context.with(trace.setSpan(context.active() ?? ROOT_CONTEXT, span), work);
  span.end();
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  return [
    atMost("a read without an SDK", "µs", ours?.none, 0.05),
    atMost("a read in a trace that is sampled out", "µs", ours?.unsampled, 0.05),
    atMost("a read on a span that records", "µs", ours?.recording, 0.5),
    atMost("a read below a span that records", "µs", ours?.below, 0.5),
  ];
}
