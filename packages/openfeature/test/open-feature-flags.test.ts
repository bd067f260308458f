import { setImmediate as turn } from "node:timers/promises";
import {
  type BurgeeError,
  createFlags,
  defineFlags,
  type FlagDefinition,
  type Flags,
} from "@burgee/core";
import { byVariant, flagMiddleware, flagRouter, readiness, requireFlag } from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import {
  BurgeeProvider,
  openFeatureFlags,
  type ProviderFlagsOptions,
} from "@burgee/openfeature/server";
import { flagTelemetry } from "@burgee/opentelemetry";
import { memoryStore } from "@burgee/stores/memory";
import { FlagdCore } from "@openfeature/flagd-core";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import {
  type EvaluationContext,
  InMemoryProvider,
  type JsonValue,
  MultiProvider,
  OpenFeature,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
} from "@openfeature/server-sdk";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import express from "express";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { serve } from "./serve.js";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
  banner: { default: "none", variants: { none: { text: "" }, sale: { text: "Sale" } } },
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof definitions;
  }
}

const errors = vi.spyOn(console, "error").mockImplementation(() => {});
beforeEach(() => void errors.mockClear());
afterEach(() => OpenFeature.clearProviders());

/** The flags of a provider, their problems, and their changes. */
function openShop(provider: Provider, options: ProviderFlagsOptions = {}) {
  const flags = openFeatureFlags(provider, definitions, options);
  const problems: BurgeeError[] = [];
  const changes: (readonly string[])[] = [];
  flags.observe({
    problem: (problem) => void problems.push(problem),
    changed: ({ keys }) => void changes.push(keys),
  });
  onTestFinished(() => flags.close());
  return { flags, problems, changes };
}

const onOff = { on: true, off: false };
const inMemory = () =>
  new InMemoryProvider({
    "new-checkout": {
      variants: onOff,
      defaultVariant: "off",
      disabled: false,
      contextEvaluator: ({ targetingKey }: EvaluationContext) =>
        targetingKey === "ada" ? "on" : "off",
    },
    "search-ranking": {
      variants: { a: "bm25", b: "hybrid" },
      defaultVariant: "b",
      disabled: false,
    },
    "page-size": { variants: { small: 10, large: 50 }, defaultVariant: "large", disabled: true },
    banner: {
      variants: { none: { text: "" }, sale: { text: "Sale!" } },
      defaultVariant: "sale",
      disabled: false,
    },
  });

const ada = { targetingKey: "ada" };

/** A provider that resolves every flag so. */
function providerOf(
  resolve: (flag: string, defaultValue: unknown, context: EvaluationContext) => unknown,
  more: Partial<Provider> = {},
): Provider {
  const call = async (flag: string, defaultValue: unknown, context: EvaluationContext) =>
    (await resolve(flag, defaultValue, context)) as ResolutionDetails<never>;
  return {
    metadata: { name: "test" },
    resolveBooleanEvaluation: call,
    resolveStringEvaluation: call,
    resolveNumberEvaluation: call,
    resolveObjectEvaluation: call,
    ...more,
  };
}

const asOn = (_flag: string, defaultValue: unknown) => ({
  value: typeof defaultValue === "boolean" ? true : defaultValue,
  variant: "on",
  reason: "SPLIT",
});

describe("a scope", () => {
  test("has every flag as the provider resolves it for the context", async () => {
    const { flags } = openShop(inMemory());
    expect(await flags.ready()).toBe(true);
    const scope = await flags.open(ada);
    expect(scope.details("new-checkout")).toEqual({
      value: true,
      variant: "on",
      reason: "TARGETING_MATCH",
      flagMetadata: {},
    });
    expect(scope.details("search-ranking")).toMatchObject({ value: "hybrid", variant: "hybrid" });
    expect(scope.details("page-size")).toMatchObject({ value: 10, reason: "DISABLED" });
    expect(scope.details("banner")).toMatchObject({ value: { text: "Sale!" }, variant: "sale" });
    expect((await flags.open({ targetingKey: "bob" })).get("new-checkout")).toBe(false);
  });

  test("has the reason and the metadata that the provider gives", async () => {
    const flagMetadata = { flagSetId: "shop" };
    const { flags } = openShop(providerOf(() => ({ value: true, reason: "SPLIT", flagMetadata })));
    await flags.ready();
    expect((await flags.open({})).details("new-checkout")).toEqual({
      value: true,
      variant: "on",
      reason: "SPLIT",
      flagMetadata,
    });
  });

  test.each([["no-op"], [undefined]])("has a reason that is %s as UNKNOWN", async (reason) => {
    const { flags } = openShop(providerOf(() => ({ value: true, reason })));
    await flags.ready();
    expect((await flags.open({})).details("new-checkout").reason).toBe("UNKNOWN");
  });

  test("a job runs in one, and settles it", async () => {
    const { flags } = openShop(inMemory());
    await flags.ready();
    const monitor = createMonitor(flags);
    expect(await flags.run(ada, (scope) => scope.get("new-checkout"))).toBe(true);
    expect(monitor.snapshot().cells).toMatchObject([
      { flag: "new-checkout", variant: "on", exposures: 1 },
    ]);
  });
});

describe("a provider that fails", () => {
  test("a provider that hangs does not hang the caller: its default serves after 250 ms", async () => {
    const hanging = providerOf((flag, value) =>
      flag === "new-checkout" ? new Promise(() => {}) : asOn(flag, value),
    );
    const { flags, problems } = openShop(hanging);
    await flags.ready();
    const began = performance.now();
    const scope = await flags.open(ada);
    expect(performance.now() - began).toBeGreaterThan(240);
    expect(scope.details("new-checkout")).toMatchObject({
      value: false,
      variant: "off",
      reason: "ERROR",
      errorCode: "GENERAL",
      errorMessage: expect.stringMatching(/250 ms/),
    });
    expect(problems.map(({ code, flag }) => [code, flag])).toEqual([["GENERAL", "new-checkout"]]);
    expect(scope.get("page-size")).toBe(10);
  });

  test.each([
    ["throws", () => Promise.reject(new Error("no such host")), "GENERAL"],
    ["gives nothing", () => undefined, "GENERAL"],
    ["gives another type", () => ({ value: "yes" }), "TYPE_MISMATCH"],
    ["says that it fails", () => ({ value: true, errorCode: "PARSE_ERROR" }), "PARSE_ERROR"],
    ["lacks a key", () => ({ value: true, errorCode: "TARGETING_KEY_MISSING" }), "GENERAL"],
  ])("one that %s serves the default", async (_, resolve, errorCode) => {
    const { flags } = openShop(providerOf(resolve));
    await flags.ready();
    const details = (await flags.open({})).details("new-checkout");
    expect(details).toMatchObject({ value: false, variant: "off", reason: "ERROR", errorCode });
  });

  test("a flag that it does not know serves the default, as not found", async () => {
    const { flags } = openShop(new InMemoryProvider({}));
    await flags.ready();
    expect((await flags.open({})).details("page-size")).toMatchObject({
      value: 10,
      variant: "small",
      errorCode: "FLAG_NOT_FOUND",
    });
  });

  test("a context with what JSON cannot write fails the flags, and not the caller", async () => {
    const { flags } = openShop(
      providerOf((_, value, context) => ({ value: !value && !!JSON.stringify(context) })),
    );
    await flags.ready();
    const scope = await flags.open({ big: 1n });
    expect(scope.details("new-checkout")).toMatchObject({ value: false, errorCode: "GENERAL" });
  });
});

describe("the provider's own hooks", () => {
  test("a hook that throws does not flip a flag, nor does one that hangs afterwards delay it", async () => {
    const fail = () => {
      throw new Error("telemetry is down");
    };
    const hang = () => new Promise<void>(() => {});
    const hooks = [
      { before: fail, after: fail, finally: fail },
      { after: hang, finally: hang },
      { before: async () => fail(), after: async () => fail() },
    ];
    const { flags, problems } = openShop(providerOf(asOn, { hooks }));
    await flags.ready();
    expect((await flags.open({})).get("new-checkout")).toBe(true);
    expect(problems).toEqual([]);
    await turn();
    expect(errors).toHaveBeenCalled();
  });

  test("a hook may add to the context, and sees what was resolved", async () => {
    const seen: string[] = [];
    const hooks = [
      {
        before: () => ({ country: "NL" }),
        after: (_: unknown, { flagKey, value }: { flagKey: string; value: unknown }) =>
          void seen.push(`${flagKey} ${value}`),
      },
    ];
    const resolve = (_: string, value: unknown, { country }: EvaluationContext) => ({
      value: typeof value === "boolean" ? country === "NL" : value,
    });
    const { flags } = openShop(providerOf(resolve, { hooks }));
    await flags.ready();
    expect((await flags.open({})).get("new-checkout")).toBe(true);
    await turn();
    expect(seen).toContain("new-checkout true");
  });

  test("a hook is told of an error", async () => {
    const seen: unknown[] = [];
    const hooks = [{ error: (_: unknown, error: unknown) => void seen.push(error) }];
    const failure = new Error("no such host");
    const { flags } = openShop(providerOf(() => Promise.reject(failure), { hooks }));
    await flags.ready();
    await flags.open({});
    await turn();
    expect(seen).toContain(failure);
  });

  test("several providers in one, which needs its hook, decide together", async () => {
    const several = new MultiProvider([
      { provider: new InMemoryProvider({}), name: "first" },
      { provider: inMemory(), name: "second" },
    ]);
    const { flags } = openShop(several);
    await flags.ready();
    expect((await flags.open(ada)).get("new-checkout")).toBe(true);
  });
});

describe("the life of the provider", () => {
  /** A provider that is initialized when the test says so. */
  function late() {
    let settle = { resolve: () => {}, reject: (_: Error) => {} };
    const initialized = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const events = new OpenFeatureEventEmitter();
    const initialize = vi.fn(() => initialized);
    const onClose = vi.fn(async () => {});
    const provider = providerOf(asOn, { events, initialize, onClose });
    return { provider, events, initialize, onClose, settle };
  }

  test("it is initialized once, by the first use, and closed with the Flags", async () => {
    const { provider, initialize, onClose, settle } = late();
    const { flags } = openShop(provider);
    expect(initialize).not.toHaveBeenCalled();
    const ready = flags.ready();
    await flags.open({});
    expect(initialize).toHaveBeenCalledTimes(1);
    settle.resolve();
    expect(await ready).toBe(true);
    flags.close();
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  test("before it is ready defaults serve at once, and ready waits: no race at boot", async () => {
    const { provider, settle } = late();
    const { flags } = openShop(provider);
    const began = performance.now();
    const scope = await flags.open({});
    expect(performance.now() - began).toBeLessThan(200);
    expect(scope.details("new-checkout")).toMatchObject({ errorCode: "PROVIDER_NOT_READY" });
    expect(await flags.ready({ timeout: 1 })).toBe(false);
    settle.resolve();
    expect(await flags.ready()).toBe(true);
    expect((await flags.open({})).get("new-checkout")).toBe(true);
  });

  test("one that OpenFeature has already is shared: not initialized again, nor closed", async () => {
    const { provider, initialize, onClose, settle } = late();
    settle.resolve();
    await OpenFeature.setProviderAndWait(provider);
    const { flags } = openShop(provider);
    expect(await flags.ready()).toBe(true);
    expect((await flags.open({})).get("new-checkout")).toBe(true);
    flags.close();
    expect(initialize).toHaveBeenCalledTimes(1);
    expect(onClose).not.toHaveBeenCalled();
    expect(await OpenFeature.getClient().getBooleanValue("new-checkout", false)).toBe(true);
  });

  test("one that OpenFeature is initializing is waited for", async () => {
    const { provider, settle } = late();
    OpenFeature.setProvider(provider);
    const { flags } = openShop(provider);
    expect(await flags.ready({ timeout: 1 })).toBe(false);
    settle.resolve();
    expect(await flags.ready()).toBe(true);
  });

  test("one that cannot be initialized is a problem, until it says that it is ready", async () => {
    const { provider, events, settle } = late();
    const { flags, problems } = openShop(provider);
    const ready = flags.ready();
    settle.reject(new Error("wrong key"));
    await vi.waitFor(() => expect(flags.health.outage?.problem.message).toMatch(/wrong key/));
    expect(flags.health.status).toBe("starting");
    events.emit(ProviderEvents.Ready);
    expect(await ready).toBe(true);
    expect((await flags.open({})).get("new-checkout")).toBe(true);
    expect(problems.map(({ code }) => code)).toEqual(
      ["SOURCE_UNAVAILABLE", "PROVIDER_NOT_READY"].slice(0, 1),
    );
  });

  test("a provider of the browser is refused, saying so", async () => {
    const { flags, problems } = openShop(providerOf(asOn, { runsOn: "client" }));
    expect(await flags.ready({ timeout: 10 })).toBe(false);
    expect(problems[0]?.message).toMatch(/intended for use on the client/);
  });

  test("a configuration change is told, of the flags it names or of all", async () => {
    const { provider, events, settle } = late();
    const { flags, changes } = openShop(provider);
    settle.resolve();
    await flags.ready();
    const before = flags.revision;
    events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: ["page-size"] });
    events.emit(ProviderEvents.ConfigurationChanged);
    expect(changes.slice(-2)).toEqual([["page-size"], Object.keys(definitions)]);
    expect(flags.revision).not.toBe(before);
  });

  test.each([
    ["stale", ProviderEvents.Stale],
    ["in error", ProviderEvents.Error],
  ] as const)(
    "one that says it is %s is out, and its word serves on, until it is ready",
    async (_, event) => {
      const { provider, events, settle } = late();
      const { flags } = openShop(provider);
      settle.resolve();
      await flags.ready();
      events.emit(event as ProviderEvents.Stale, { message: "stream lost" });
      expect(flags.health).toMatchObject({ status: "stale" });
      expect(flags.health.outage?.problem.message).toMatch(/stream lost/);
      const details = (await flags.open({})).details("new-checkout");
      expect(details).toMatchObject({ value: true, stale: true });
      events.emit(ProviderEvents.Ready);
      expect(flags.health.status).toBe("ready");
    },
  );

  test("the events of another provider are not its own", async () => {
    const other = late();
    other.settle.resolve();
    await OpenFeature.setProviderAndWait(other.provider);
    const { provider, settle } = late();
    const { flags, changes } = openShop(provider);
    settle.resolve();
    await flags.ready();
    changes.length = 0;
    other.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: ["page-size"] });
    other.events.emit(ProviderEvents.Stale);
    expect(changes).toEqual([]);
    expect(flags.health.status).toBe("ready");
  });
});

describe("on the providers there are", () => {
  const flagged: Record<string, FlagDefinition> = {
    "new-checkout": {
      state: "ENABLED",
      variants: onOff,
      defaultVariant: "off",
      targeting: { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "on"] },
    },
    "search-ranking": {
      state: "ENABLED",
      variants: { bm25: "bm25", hybrid: "hybrid" },
      defaultVariant: "hybrid",
    },
    "page-size": {
      state: "ENABLED",
      variants: { small: 10, large: 50 },
      defaultVariant: "large",
    },
    banner: {
      state: "ENABLED",
      variants: { none: { text: "" }, sale: { text: "Sale" } },
      defaultVariant: "sale",
    },
  };

  async function valuesFor(flags: Flags<typeof definitions>) {
    expect(await flags.ready()).toBe(true);
    const scope = await flags.open(ada);
    return Object.keys(definitions).map((key) => scope.get(key as keyof typeof definitions));
  }
  const expected = [true, "hybrid", 50, { text: "Sale" }];

  function burgee() {
    const flags = createFlags(definitions, {
      source: memoryStore({ flags: flagged }),
      client: definitions,
    });
    onTestFinished(() => flags.close());
    return flags;
  }

  test("Burgee's own", async () => {
    expect(await valuesFor(openShop(new BurgeeProvider(burgee())).flags)).toEqual(expected);
  });

  test("one on flagd's evaluator", async () => {
    const core = new FlagdCore();
    core.setConfigurations(JSON.stringify({ flags: flagged }));
    const provider: Provider = {
      metadata: { name: "flagd-core" },
      resolveBooleanEvaluation: async (...asked) => core.resolveBooleanEvaluation(...asked),
      resolveStringEvaluation: async (...asked) => core.resolveStringEvaluation(...asked),
      resolveNumberEvaluation: async (...asked) => core.resolveNumberEvaluation(...asked),
      resolveObjectEvaluation: async <T extends JsonValue>(
        ...[key, value, context, logger]: Parameters<Provider["resolveObjectEvaluation"]>
      ) => core.resolveObjectEvaluation(key, value, context, logger) as ResolutionDetails<T>,
    };
    expect(await valuesFor(openShop(provider).flags)).toEqual(expected);
  });

  test("OpenFeature's own for OFREP, over HTTP, until its server hangs", async () => {
    let hangs = false;
    const app = express();
    app.use((_request, _response, next) => {
      if (!hangs) next();
    });
    app.use("/flags", flagRouter(burgee()));
    const provider = new OFREPProvider({ baseUrl: `${await serve(app)}/flags` });
    const { flags } = openShop(provider);
    await vi.waitFor(async () => expect(await valuesFor(flags)).toEqual(expected)); // it may be slow at first
    hangs = true;
    const scope = await flags.open(ada);
    expect(scope.details("new-checkout")).toMatchObject({ value: false, errorCode: "GENERAL" });
  });
});

describe("in an application of Express", () => {
  async function openApp() {
    const provider = inMemory();
    const { flags } = openShop(provider, {
      client: definitions,
      secret: "a secret of 32 characters or more",
    });
    await flags.ready();
    const monitor = createMonitor(flags);
    const router = flagRouter(flags, { context: ada });
    onTestFinished(() => router.close());
    const app = express();
    app.use("/flags", router);
    app.get("/ready", readiness(flags));
    app.use(
      flagMiddleware(flags, { context: (request) => ({ targetingKey: request.get("x-user") }) }),
    );
    app.get("/checkout", requireFlag("new-checkout"), (_request, response) => {
      response.status(500).send("broken");
    });
    app.get(
      "/search",
      byVariant("search-ranking", {
        bm25: (_request, response) => void response.send("words"),
        hybrid: (_request, response) => void response.send("meaning"),
      }),
    );
    const url = await serve(app);
    return { provider, flags, monitor, url };
  }

  test("routes are guarded, variants chosen, and their outcomes counted", async () => {
    const { url, monitor } = await openApp();
    const headers = { "x-user": "ada" };
    expect((await fetch(`${url}/checkout`)).status).toBe(404);
    expect((await fetch(`${url}/checkout`, { headers })).status).toBe(500);
    expect(await (await fetch(`${url}/search`, { headers })).text()).toBe("meaning");
    await vi.waitFor(() => {
      const cells = monitor.snapshot().cells.filter(({ mark }) => mark === undefined);
      expect(cells).toMatchObject([{ flag: "search-ranking", variant: "hybrid", exposures: 1 }]);
    });
    expect(monitor.snapshot().cells).toContainEqual(
      expect.objectContaining({ flag: "new-checkout", variant: "on", errors: { "500": 1 } }),
    );
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });

  test("browsers get the client flags, and hear of the provider's changes", async () => {
    const { url, provider } = await openApp();
    const ask = async () => {
      const answer = await fetch(`${url}/flags/ofrep/v1/evaluate/flags`, { method: "POST" });
      return answer.json() as Promise<{
        readonly flags: readonly { readonly key: string; readonly value: unknown }[];
        readonly receipt?: string;
        readonly eventStreams: readonly { readonly endpoint: { readonly requestUri: string } }[];
      }>;
    };
    const before = await ask();
    expect(before.flags[0]).toMatchObject({ key: "new-checkout", value: true });
    expect(before.receipt).toEqual(expect.any(String));
    const stream = await fetch(`${url}${before.eventStreams[0]?.endpoint.requestUri}`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    onTestFinished(() => reader?.cancel());
    provider.putConfiguration({
      "new-checkout": { variants: onOff, defaultVariant: "off", disabled: false },
    });
    for (let heard = ""; !heard.includes("refetchEvaluation"); ) {
      heard += (await reader?.read())?.value ?? "";
    }
    expect((await ask()).flags[0]).toMatchObject({ key: "new-checkout", value: false });
  });

  test("a pin stops a flag whatever the provider says", async () => {
    const { url, flags } = await openApp();
    flags.pin("new-checkout", "off", { until: Date.now() + 60_000, reason: "errors rose" });
    expect((await fetch(`${url}/checkout`, { headers: { "x-user": "ada" } })).status).toBe(404);
  });
});

test("telemetry puts the variants on spans", async () => {
  const exported = new InMemorySpanExporter();
  const spans = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exported)] });
  trace.setGlobalTracerProvider(spans);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => {
    trace.disable();
    context.disable();
  });
  const { flags } = openShop(inMemory());
  await flags.ready();
  onTestFinished(flagTelemetry(flags));
  await trace.getTracer("test").startActiveSpan("work", async (span) => {
    await flags.run(ada, (scope) => scope.get("search-ranking"));
    span.end();
  });
  expect(exported.getFinishedSpans()[0]?.attributes).toEqual({
    "feature_flags.search-ranking": "hybrid",
  });
});
