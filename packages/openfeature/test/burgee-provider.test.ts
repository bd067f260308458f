import { createFlags, type Definitions, defineFlags, type Settlement } from "@burgee/core";
import { flagMiddleware } from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import { BurgeeProvider } from "@burgee/openfeature/server";
import { memoryStore } from "@burgee/stores/memory";
import {
  type Client,
  type EvaluationDetails,
  type FlagValue,
  type Hook,
  type JsonValue,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
} from "@openfeature/server-sdk";
import express from "express";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { heldSource } from "./held-source.js";
import { decided, definitions, failing, type Scenario, set, undecided } from "./scenarios.js";
import { serve } from "./serve.js";

afterEach(() => OpenFeature.clearProviders());

/** A client of OpenFeature, on the set's flags. */
async function openClient(defined: Definitions = {}, domain = "shop") {
  const store = memoryStore(set);
  const flags = createFlags(defined, { source: store });
  flags.observe({ problem: () => {} });
  onTestFinished(() => flags.close());
  const provider = new BurgeeProvider(flags);
  await OpenFeature.setProviderAndWait(domain, provider);
  return { flags, store, provider, client: OpenFeature.getClient(domain) };
}

function detailsOf(client: Client, scenario: Scenario): Promise<EvaluationDetails<FlagValue>> {
  const { key, defaultValue, context = {} } = scenario;
  switch (typeof defaultValue) {
    case "boolean":
      return client.getBooleanDetails(key, defaultValue, context);
    case "string":
      return client.getStringDetails(key, defaultValue, context);
    case "number":
      return client.getNumberDetails(key, defaultValue, context);
    default:
      return client.getObjectDetails(key, defaultValue as JsonValue & object, context);
  }
}

describe.each([
  ["not defined in code", {}],
  ["defined in code", definitions],
])("flags that are %s", (_, defined) => {
  test.each(decided)("$key is $value ($reason) for $context", async (scenario) => {
    const { client } = await openClient(defined);
    const { key, value, variant, reason } = scenario;
    const details = await detailsOf(client, scenario);
    expect(details).toMatchObject({ flagKey: key, value, variant, reason });
    expect(details.errorCode).toBeUndefined();
  });

  test.each(undecided)("$key leaves the default ($reason)", async (scenario) => {
    const { client } = await openClient(defined);
    const { value, reason } = scenario;
    const details = await detailsOf(client, scenario);
    expect(details).toMatchObject({ value, reason });
    expect(details.errorCode).toBeUndefined();
  });

  test.each(failing)("$key is $errorCode where $defaultValue is asked for", async (scenario) => {
    const { client } = await openClient(defined);
    const { value, errorCode } = scenario;
    const details = await detailsOf(client, scenario);
    expect(details).toMatchObject({ value, reason: "ERROR", errorCode });
    expect(details.variant).toBeUndefined();
    expect(details.errorMessage).not.toBe("");
  });
});

test("a flag's metadata goes over its set's, and cannot be changed", async () => {
  const { client } = await openClient();
  const { flagMetadata } = await client.getBooleanDetails("with-metadata", false);
  expect(flagMetadata).toEqual({ ...set.metadata, ...set.flags["with-metadata"].metadata });
  expect(Object.isFrozen(flagMetadata)).toBe(true);
});

test("the caller's context stays as it was", async () => {
  const { client } = await openClient();
  const context = { targetingKey: "ada", more: { tags: ["a"] } };
  await client.getBooleanDetails("by-percentage", false, context);
  expect(context).toEqual({ targetingKey: "ada", more: { tags: ["a"] } });
});

test("hooks run in OpenFeature's order, and see the details", async () => {
  const { client } = await openClient();
  const ran: string[] = [];
  const hook = (name: string): Hook => ({
    before: () => void ran.push(`before ${name}`),
    after: (_context, { variant }) => void ran.push(`after ${name} ${variant}`),
    error: (_context, error) => void ran.push(`error ${name} ${(error as Error).name}`),
    finally: (_context, { reason }) => void ran.push(`finally ${name} ${reason}`),
  });
  client.addHooks(hook("client"));
  const options = { hooks: [hook("call")] };
  await client.getBooleanValue("boolean", false, {}, options);
  expect(ran).toEqual([
    "before client",
    "before call",
    "after call on",
    "after client on",
    "finally call STATIC",
    "finally client STATIC",
  ]);
  ran.length = 0;
  await client.getBooleanValue("no-such-flag", false, {}, options);
  expect(ran).toEqual([
    "before client",
    "before call",
    "error call FlagNotFoundError",
    "error client FlagNotFoundError",
    "finally call ERROR",
    "finally client ERROR",
  ]);
});

test("a hook that adds to the context is heard", async () => {
  const { client } = await openClient();
  client.addHooks({ before: () => ({ email: "ada@burgee.example" }) });
  expect(await client.getNumberValue("integer-for-staff", 7)).toBe(0);
});

test("what is tracked is told to the observers of the Flags", async () => {
  const { client, flags } = await openClient();
  const events: unknown[] = [];
  flags.observe({ tracked: (event) => void events.push(event) });
  client.track("order", { targetingKey: "ada" }, { value: 20, currency: "EUR" });
  client.track("visit");
  expect(events).toEqual([
    {
      name: "order",
      context: { targetingKey: "ada" },
      value: 20,
      details: { currency: "EUR" },
      scope: undefined,
    },
    { name: "visit", context: {}, details: {}, scope: undefined },
  ]);
});

test("two providers know nothing of each other", async () => {
  const one = await openClient({}, "one");
  const other = await openClient({}, "other");
  const told: string[] = [];
  one.client.addHandler(ProviderEvents.ConfigurationChanged, () => void told.push("one"));
  other.client.addHandler(ProviderEvents.ConfigurationChanged, () => void told.push("other"));
  await turnOff(other.store, "boolean");
  expect(await one.client.getBooleanValue("boolean", false)).toBe(true);
  expect(await other.client.getBooleanValue("boolean", false)).toBe(false);
  expect(told).toEqual(["other"]);
});

test("a change says which flags it changed", async () => {
  const { client, store } = await openClient();
  const changed = new Promise((resolve) => {
    client.addHandler(ProviderEvents.ConfigurationChanged, (event) => resolve(event?.flagsChanged));
  });
  await turnOff(store, "string");
  expect(await changed).toEqual(["string"]);
});

describe("in the life of its source", () => {
  /** A provider, whose source is in the hand of the test. */
  function openHeld() {
    const source = heldSource();
    const flags = createFlags({}, { source });
    flags.observe({ problem: () => {} });
    onTestFinished(() => flags.close());
    const provider = new BurgeeProvider(flags);
    const set = OpenFeature.setProviderAndWait("held", provider);
    const client = OpenFeature.getClient("held");
    const next = (event: ProviderEvents) => {
      return new Promise<string | undefined>((resolve) => {
        const { events } = provider;
        const handler = (details?: { readonly message?: string }) => {
          events.removeHandler(event, handler);
          resolve(details?.message);
        };
        events.addHandler(event, handler);
      });
    };
    return { source, flags, provider, set, client, next };
  }

  test("it is not ready before the first revision, and ready with it", async () => {
    const { source, set: ready, client } = openHeld();
    expect(client.providerStatus).toBe(ProviderStatus.NOT_READY);
    expect(await client.getBooleanDetails("boolean", false)).toMatchObject({
      value: false,
      reason: "ERROR",
      errorCode: "PROVIDER_NOT_READY",
    });
    source.next(set);
    await ready;
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect(await client.getBooleanValue("boolean", false)).toBe(true);
  });

  test("an outage makes it stale, with the last values, and its end ready again", async () => {
    const { source, set: ready, client, next } = openHeld();
    source.next(set);
    await ready;
    const stale = next(ProviderEvents.Stale);
    source.problem(new Error("connection refused"));
    expect(await stale).toMatch(/connection refused/);
    expect(client.providerStatus).toBe(ProviderStatus.STALE);
    expect(await client.getBooleanValue("boolean", false)).toBe(true);
    const again = next(ProviderEvents.Ready);
    source.current();
    await again;
    expect(client.providerStatus).toBe(ProviderStatus.READY);
  });

  test("one that begins with a revision from a cache begins stale", async () => {
    const { source, set: ready, client, next } = openHeld();
    const stale = next(ProviderEvents.Stale);
    source.problem(new Error("connection refused"));
    source.next(set, { verifiedAt: Date.now() - 60_000 });
    await ready;
    await stale;
    expect(client.providerStatus).toBe(ProviderStatus.STALE);
  });

  test("without a revision for five seconds it is in error, and ready once one comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { source, set: ready, client, next } = openHeld();
    source.problem(new Error("connection refused"));
    const refused = expect(ready).rejects.toThrow(/connection refused/);
    await vi.advanceTimersByTimeAsync(4999);
    expect(client.providerStatus).toBe(ProviderStatus.NOT_READY);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
    expect(client.providerStatus).toBe(ProviderStatus.ERROR);
    expect(await client.getBooleanDetails("boolean", false)).toMatchObject({
      errorCode: "PROVIDER_NOT_READY",
    });
    const recovered = next(ProviderEvents.Ready);
    source.next(set);
    await recovered;
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect(await client.getBooleanValue("boolean", false)).toBe(true);
  });

  test("on Flags that were closed before their first revision it is dead", async () => {
    const flags = createFlags({}, { source: heldSource() });
    flags.close();
    const dead = OpenFeature.setProviderAndWait("dead", new BurgeeProvider(flags));
    await expect(dead).rejects.toThrow(/closed/);
    const client = OpenFeature.getClient("dead");
    expect(client.providerStatus).toBe(ProviderStatus.FATAL);
    expect(await client.getStringDetails("string", "?")).toMatchObject({
      value: "?",
      reason: "ERROR",
      errorCode: "PROVIDER_FATAL",
    });
  });

  test("closing the Flags makes it stale", async () => {
    const { source, flags, set: ready, client, next } = openHeld();
    source.next(set);
    await ready;
    const stale = next(ProviderEvents.Stale);
    flags.close();
    expect(await stale).toMatch(/closed/);
    expect(await client.getBooleanValue("boolean", false)).toBe(true);
  });

  test("a provider that is replaced leaves the Flags open, says no more, and can be set again", async () => {
    const { source, flags, provider, set: ready } = openHeld();
    source.next(set);
    await ready;
    const told: unknown[] = [];
    provider.events.addHandler(ProviderEvents.ConfigurationChanged, (event) => told.push(event));
    await OpenFeature.clearProviders();
    source.next({ flags: {} });
    expect(flags.health.status).toBe("ready");
    expect(told).toEqual([]);
    await OpenFeature.setProviderAndWait("again", provider);
    source.next(set);
    expect(told).toHaveLength(1);
    expect(await OpenFeature.getClient("again").getBooleanValue("boolean", false)).toBe(true);
  });
});

describe("in work that has a scope", () => {
  const shop = defineFlags({
    "boolean-for-staff": { default: "on", variants: { on: true, off: false } },
  });

  /** An application of Express that reads by OpenFeature, with Burgee's middleware. */
  async function openApp(read: (client: Client) => Promise<unknown>) {
    const { client, flags } = await openClient(shop);
    const settlements: Settlement[] = [];
    flags.observe({ settled: (settlement) => void settlements.push(settlement) });
    const monitor = createMonitor(flags);
    const app = express();
    app.use(flagMiddleware(flags, { context: (request) => ({ email: request.get("x-user") }) }));
    app.get("/", async (_request, response) => void response.json(await read(client)));
    const url = await serve(app);
    const settled = () => {
      return new Promise<void>((resolve) => {
        const stop = flags.observe({
          settled() {
            stop();
            resolve();
          },
        });
      });
    };
    return { flags, monitor, settlements, url, settled };
  }

  const headers = { "x-user": "ada@burgee.example" };

  test("a read is the scope's: its context, and an exposure that the monitor counts", async () => {
    const app = await openApp((client) => client.getBooleanValue("boolean-for-staff", true));
    const settled = app.settled();
    expect(await (await fetch(app.url, { headers })).json()).toBe(false);
    await settled;
    expect(app.settlements[0]?.exposures).toMatchObject([
      { flag: "boolean-for-staff", variant: "off" },
    ]);
    expect(app.monitor.snapshot().cells).toMatchObject([{ variant: "off", exposures: 1 }]);
  });

  test("a call's own context decides that call, and what it served is counted", async () => {
    const guest = { email: "bob@example.com" };
    const app = await openApp((client) => client.getBooleanValue("boolean-for-staff", true, guest));
    const settled = app.settled();
    expect(await (await fetch(app.url, { headers })).json()).toBe(true);
    await settled;
    expect(app.settlements[0]?.exposures).toMatchObject([{ variant: "on" }]);
  });

  test("a flag that is not defined in code is counted, too", async () => {
    const app = await openApp((client) => client.getStringValue("string", "?"));
    const settled = app.settled();
    await fetch(app.url);
    await settled;
    expect(app.settlements[0]?.exposures).toMatchObject([{ flag: "string", variant: "greeting" }]);
  });

  test("outside of it, a read is evaluated and counts nowhere", async () => {
    const { client, flags } = await openClient(shop);
    const exposures: unknown[] = [];
    flags.observe({ exposure: (exposure) => void exposures.push(exposure) });
    expect(
      await client.getBooleanValue("boolean-for-staff", true, { email: "x@burgee.example" }),
    ).toBe(false);
    expect(exposures).toEqual([]);
  });
});

async function turnOff(store: ReturnType<typeof memoryStore>, flag: keyof typeof set.flags) {
  const { id: expected } = await store.read();
  const put = { [flag]: { ...set.flags[flag], state: "DISABLED" as const } };
  await store.commit({ expected, flags: { put }, actor: "ada", reason: "a test", kind: "kill" });
}
