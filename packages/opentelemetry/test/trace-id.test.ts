import { traceIdOf } from "@burgee/opentelemetry";
import { context, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { openTracedShop } from "./shop.js";

test("a scope's trace is its local root's", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope({});
  await inSpan("GET /", () => inSpan("middleware", () => scope.get("new-checkout")));
  expect(traceIdOf(scope)).toBe(sdk.span("GET /").spanContext().traceId);
});

test("a settlement's scope has it, too", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  const ids: unknown[] = [];
  flags.observe({ settled: ({ scope }) => ids.push(traceIdOf(scope)) });
  await inSpan("job", () => flags.run({}, (scope) => scope.get("new-checkout")));
  expect(ids).toEqual([sdk.span("job").spanContext().traceId]);
});

test("a read in another trace does not change it", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope({});
  await inSpan("first", () => scope.get("new-checkout"));
  await inSpan("second", () => scope.get("late-fees"));
  expect(traceIdOf(scope)).toBe(sdk.span("first").spanContext().traceId);
});

test("a trace that is sampled out has none, since there is nothing to look at", async () => {
  startSdk({ sampler: new AlwaysOffSampler() });
  const scope = openTracedShop().scope({});
  await inSpan("GET /", () => scope.get("new-checkout"));
  expect(traceIdOf(scope)).toBeUndefined();
});

test("there is none without a read", async () => {
  startSdk();
  const scope = openTracedShop().scope({});
  await inSpan("GET /", () => {});
  expect(traceIdOf(scope)).toBeUndefined();
});

test("there is none without a span, until a flag is read under one", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope({});
  scope.get("new-checkout");
  expect(traceIdOf(scope)).toBeUndefined();
  await inSpan("late", () => scope.get("late-fees"));
  expect(traceIdOf(scope)).toBe(sdk.span("late").spanContext().traceId);
});

test("there is none without an SDK", async () => {
  const scope = openTracedShop().scope({});
  await inSpan("GET /", () => scope.get("new-checkout"));
  expect(traceIdOf(scope)).toBeUndefined();
});

test("there is none where the span is of no valid trace", () => {
  startSdk();
  const scope = openTracedShop().scope({});
  const invalid = trace.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT);
  context.with(invalid, () => scope.get("new-checkout"));
  expect(traceIdOf(scope)).toBeUndefined();
});

test("what is no scope has none", () => {
  expect(traceIdOf({})).toBeUndefined();
});
