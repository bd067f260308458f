import { setImmediate as turn } from "node:timers/promises";
import type { EvaluationContext } from "@burgee/core";
import { runInScope } from "@burgee/core/ambient";
import { context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { openShop, openTracedShop } from "./shop.js";

const newcomer = { targetingKey: "ada", group: "new" };
const regular = { targetingKey: "bob" };

/** A parent in another process, as a propagator extracts it. */
const remote: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
};

test("a span that starts in a scope carries the flags read by then", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", () =>
    flags.run(newcomer, async (scope) => {
      await inSpan("before", turn);
      scope.get("new-checkout");
      await inSpan("between", () => inSpan("below", turn));
      scope.get("late-fees");
      await inSpan("after", turn);
    }),
  );
  const one = { "feature_flags.new-checkout": "on" };
  const both = { ...one, "feature_flags.late-fees": "on" };
  expect(sdk.flagsOn("before")).toEqual({});
  expect(sdk.flagsOn("between")).toEqual(one);
  expect(sdk.flagsOn("below")).toEqual(one);
  expect(sdk.flagsOn("after")).toEqual(both);
  expect(sdk.flagsOn("GET /")).toEqual(both);
});

test("a span carries the current scope's flags, also without flagTelemetry", async () => {
  const sdk = startSdk();
  await openShop().run(newcomer, (scope) => {
    scope.get("new-checkout");
    return inSpan("job", turn);
  });
  expect(sdk.flagsOn("job")).toEqual({ "feature_flags.new-checkout": "on" });
});

test("where the scope is lost, a span carries the flags of its local root", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope(newcomer);
  await inSpan("GET /", async () => {
    await inSpan("middleware", () => scope.get("new-checkout"));
    await inSpan("query", () => inSpan("socket", turn));
  });
  for (const name of ["GET /", "middleware", "query", "socket"]) {
    expect(sdk.flagsOn(name)).toEqual({ "feature_flags.new-checkout": "on" });
  }
});

test("work that goes on after the local root has ended still carries its flags", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope(newcomer);
  const root = trace.getTracer("test").startSpan("GET /");
  await context.with(trace.setSpan(ROOT_CONTEXT, root), async () => {
    scope.get("new-checkout");
    root.end();
    scope.get("late-fees");
    await inSpan("mail", turn);
  });
  expect(sdk.flagsOn("GET /")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(sdk.flagsOn("mail")).toEqual({
    "feature_flags.new-checkout": "on",
    "feature_flags.late-fees": "on",
  });
});

test("jobs under one local root carry the flags of their own scope each", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("batch", () =>
    Promise.all(
      [newcomer, regular].map((user) =>
        flags.run(user, async (scope) => {
          scope.get("new-checkout");
          await turn();
          await inSpan(`job of ${user.targetingKey}`, turn);
        }),
      ),
    ),
  );
  expect(sdk.flagsOn("job of ada")).toEqual({ "feature_flags.new-checkout": "on" });
  expect(sdk.flagsOn("job of bob")).toEqual({ "feature_flags.new-checkout": "off" });
  expect(sdk.flagsOn("batch")).toEqual({ "feature_flags.new-checkout": "off" }); // read last
});

test("a job that has read nothing carries nothing of the job before", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("batch", async () => {
    await flags.run(newcomer, (scope) => scope.get("new-checkout"));
    await flags.run(regular, () => inSpan("second job", turn));
  });
  expect(sdk.flagsOn("second job")).toEqual({});
});

test("a span under a remote parent is a local root of its own", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  const incoming = trace.setSpanContext(ROOT_CONTEXT, remote);
  const serve = (name: string, user: EvaluationContext) =>
    context.with(incoming, () =>
      inSpan(name, async () => {
        const scope = flags.scope(user);
        await inSpan(`${name} middleware`, () => scope.get("new-checkout"));
        await inSpan(`${name} query`, turn);
      }),
    );
  await Promise.all([serve("first", newcomer), serve("second", regular)]);
  for (const [name, variant] of [
    ["first", "on"],
    ["second", "off"],
  ] as const) {
    const carried = { "feature_flags.new-checkout": variant };
    expect(sdk.span(name).spanContext().traceId).toBe(remote.traceId);
    expect(sdk.flagsOn(name)).toEqual(carried);
    expect(sdk.flagsOn(`${name} query`)).toEqual(carried);
  }
});

test("a new root within a scope carries its flags, and what is read in it reaches the first root", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", () =>
    flags.run(newcomer, (scope) => {
      scope.get("new-checkout");
      return context.with(ROOT_CONTEXT, () => inSpan("detached", () => scope.get("late-fees")));
    }),
  );
  const both = { "feature_flags.new-checkout": "on", "feature_flags.late-fees": "on" };
  expect(sdk.flagsOn("detached")).toEqual(both);
  expect(sdk.flagsOn("GET /")).toEqual(both);
});

test("50 overlapping scopes never mix, with their scope or without it", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  const pause = async () => {
    for (let turns = Math.floor(5 * Math.random()); turns > 0; turns--) await turn();
  };
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      inSpan(`request ${index}`, async () => {
        const scope = flags.scope(index % 2 === 0 ? newcomer : regular);
        await pause();
        if (index % 3 > 0) scope.get("new-checkout");
        await pause();
        const child = () => inSpan(`child ${index}`, pause);
        await (index % 4 > 1 ? runInScope(scope, child) : child());
      }),
    ),
  );
  for (let index = 0; index < 50; index++) {
    const variant = index % 2 === 0 ? "on" : "off";
    const carried = index % 3 > 0 ? { "feature_flags.new-checkout": variant } : {};
    expect(sdk.flagsOn(`request ${index}`)).toEqual(carried);
    expect(sdk.flagsOn(`child ${index}`)).toEqual(carried);
  }
});

test("a flush and a shutdown of the provider go through it", async () => {
  const { provider } = startSdk();
  await expect(provider.forceFlush()).resolves.toBeUndefined();
  await expect(provider.shutdown()).resolves.toBeUndefined();
});
