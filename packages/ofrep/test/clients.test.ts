import { createFlags, defineFlags, type FlagDefinition, type FlagSet } from "@burgee/core";
import { type OfrepOptions, ofrepHandler } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature as Servers } from "@openfeature/server-sdk";
import { OpenFeature as Browsers, type Provider, ProviderEvents } from "@openfeature/web-sdk";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { serve } from "./serve.js";

afterEach(async () => {
  await Servers.clearProviders();
  await Browsers.clearProviders();
});

const isPro = { "==": [{ var: "plan" }, "pro"] };

function flag(variants: FlagDefinition["variants"], more: Partial<FlagDefinition> = {}) {
  const targeting = { if: [isPro, "high"] };
  return { state: "ENABLED", variants, defaultVariant: "low", targeting, ...more } as const;
}

const set: FlagSet = {
  metadata: { flagSetId: "shop" },
  flags: {
    beta: flag({ low: false, high: true }, { metadata: { owner: "payments" } }),
    ranking: flag({ low: "bm25", high: "hybrid" }),
    size: flag({ low: 10, high: 50 }),
    banner: flag({ low: { text: "" }, high: { text: "SALE" } }),
    retired: flag({ low: false, high: true }, { state: "DISABLED" }),
    broken: flag({ low: false, high: true }, { targeting: { fly: [1] } }),
    lost: flag({ low: false, high: true }, { targeting: { cat: ["nobody"] } }),
    open: flag({ low: false, high: true }, { defaultVariant: null, targeting: {} }),
    secret: flag({ low: false, high: true }),
  },
};

const definitions = defineFlags({
  beta: { default: "low", variants: { low: false, high: true } },
  ranking: { default: "low", variants: { low: "bm25", high: "hybrid" } },
  size: { default: "low", variants: { low: 10, high: 50 } },
  banner: { default: "low", variants: { low: { text: "" }, high: { text: "SALE" } } },
  retired: { default: "low", variants: { low: false, high: true } },
  broken: { default: "low", variants: { low: false, high: true } },
  lost: { default: "low", variants: { low: false, high: true } },
  open: { default: "low", variants: { low: false, high: true } },
  secret: { default: "low", variants: { low: false, high: true } },
});

const { secret: _, ...client } = definitions;

async function open(options: OfrepOptions = {}) {
  const store = memoryStore(set);
  const flags = createFlags(definitions, { source: store, client });
  flags.observe({ problem: () => {} });
  await flags.ready();
  const handle = ofrepHandler(flags, options);
  onTestFinished(() => {
    handle.close();
    flags.close();
  });
  const statuses: number[] = [];
  const baseUrl = await serve(async (request) => {
    const response = await handle(request);
    statuses.push(response.status);
    return response;
  });
  return { store, baseUrl, statuses };
}

const authorize: NonNullable<OfrepOptions["authorize"]> = ({ headers }) =>
  headers.get("authorization") === "Bearer right" || new Response(null, { status: 401 });

async function serverClient(token = "right", more: OfrepOptions = {}) {
  const { baseUrl, ...rest } = await open({ audience: "server", authorize, ...more });
  const headers: [string, string][] = [["authorization", `Bearer ${token}`]];
  await Servers.setProviderAndWait(new OFREPProvider({ baseUrl, headers }));
  return { ...rest, client: Servers.getClient() };
}

const pro = { targetingKey: "ada", plan: "pro" };

test("OFREP's server provider reads every type, with variant, reason and metadata", async () => {
  const { client } = await serverClient();
  const flagMetadata = { flagSetId: "shop" };
  const high = { variant: "high", reason: "TARGETING_MATCH" };
  expect(await client.getBooleanDetails("beta", false, pro)).toMatchObject({
    ...high,
    value: true,
    flagMetadata: { ...flagMetadata, owner: "payments" },
  });
  expect(await client.getStringDetails("ranking", "", pro)).toMatchObject({
    ...high,
    value: "hybrid",
    flagMetadata,
  });
  expect(await client.getNumberDetails("size", 0, pro)).toMatchObject({ ...high, value: 50 });
  expect(await client.getObjectDetails("banner", {}, pro)).toMatchObject({
    ...high,
    value: { text: "SALE" },
  });
  expect(await client.getBooleanDetails("secret", true, {})).toMatchObject({
    value: false,
    variant: "low",
    reason: "DEFAULT",
  });
});

test.each([
  ["of another type", "size", "TYPE_MISMATCH"],
  ["that is not in the set", "no-such-flag", "FLAG_NOT_FOUND"],
  ["whose rule cannot be compiled", "broken", "PARSE_ERROR"],
  ["whose rule names no variant", "lost", "GENERAL"],
])(
  "of a flag %s the server provider serves its caller's default",
  async (_name, key, errorCode) => {
    const { client } = await serverClient();
    for (const value of [true, false]) {
      const details = await client.getBooleanDetails(key, value, pro);
      expect(details).toMatchObject({ value, reason: "ERROR", errorCode });
    }
  },
);

test.each(["retired", "open"])(
  "the server provider serves its caller's default of a flag without a value (%s)",
  async (key) => {
    const { client } = await serverClient();
    for (const value of [true, false]) {
      expect(await client.getBooleanValue(key, value, pro)).toBe(value);
    }
  },
);

test("the server provider serves defaults while it is refused, and waits as long as it is told", async () => {
  const refused = await serverClient("wrong");
  expect(await refused.client.getBooleanDetails("beta", false, pro)).toMatchObject({
    value: false,
    errorCode: "GENERAL",
  });
  expect(refused.statuses).toEqual([401]);
  const headers = { "retry-after": "60" };
  const busy = await serverClient("right", {
    authorize: () => new Response(null, { status: 429, headers }),
  });
  for (let asked = 0; asked < 3; asked++) {
    expect(await busy.client.getBooleanValue("beta", false, pro)).toBe(false);
  }
  expect(busy.statuses).toEqual([429]);
});

async function webClient(options: OfrepOptions = {}) {
  const { baseUrl, ...rest } = await open({ acceptContext: ["targetingKey", "plan"], ...options });
  const settings = { baseUrl, cacheMode: "disabled", pollInterval: 20 } as const;
  const provider = new OFREPWebProvider(settings) as Provider; // its `hooks` may be undefined
  const ready = Browsers.setProviderAndWait(provider, pro);
  return { ...rest, ready, client: Browsers.getClient() };
}

test("OFREP's web provider reads every type, with variant and reason, and no metadata", async () => {
  const { client, ready } = await webClient();
  await ready;
  const high = { variant: "high", reason: "TARGETING_MATCH" };
  const beta = client.getBooleanDetails("beta", false);
  expect(beta).toMatchObject({ ...high, value: true });
  expect(beta.flagMetadata).toEqual({});
  expect(client.getStringDetails("ranking", "")).toMatchObject({ ...high, value: "hybrid" });
  expect(client.getNumberDetails("size", 0)).toMatchObject({ ...high, value: 50 });
  expect(client.getObjectValue("banner", {})).toEqual({ text: "SALE" });
});

test("to the web provider a flag that fails here is one with its default, and a server's flag is none", async () => {
  const { client, ready } = await webClient();
  await ready;
  for (const key of ["retired", "broken", "lost", "open"]) {
    const details = client.getBooleanDetails(key, true);
    expect(details).toMatchObject({ value: false, variant: "low", reason: "DEFAULT" });
    expect(details.errorCode).toBeUndefined();
  }
  for (const key of ["secret", "no-such-flag"]) {
    const details = client.getBooleanDetails(key, true);
    expect(details).toMatchObject({ value: true, errorCode: "FLAG_NOT_FOUND" });
  }
  expect(client.getStringDetails("beta", "on").errorCode).toBe("TYPE_MISMATCH");
});

test("the web provider asks with the tag it has, and hears of what has changed", async () => {
  const { client, ready, statuses, store } = await webClient();
  await ready;
  await vi.waitFor(() => expect(statuses).toContain(304), 10_000);
  const changed = new Promise<readonly string[] | undefined>((resolve) => {
    client.addHandler(ProviderEvents.ConfigurationChanged, (event) => resolve(event?.flagsChanged));
  });
  const put = { ranking: flag({ low: "bm25", high: "bm25" }) };
  const expected = (await store.read()).id;
  const who = { actor: "ada", reason: "a test", kind: "manual" } as const;
  await store.commit({ expected, flags: { put }, ...who });
  expect(await changed).toEqual(["ranking"]);
  expect(client.getStringValue("ranking", "")).toBe("bm25");
});

test("the web provider asks again as somebody else", async () => {
  const { client, ready } = await webClient();
  await ready;
  await Browsers.setContext({ targetingKey: "bob", plan: "free" });
  expect(client.getStringDetails("ranking", "")).toMatchObject({ value: "bm25", variant: "low" });
});

test.each([401, 403])(
  "the web provider does not start where it is refused (%i)",
  async (status) => {
    const { ready, statuses } = await webClient({
      authorize: () => new Response(null, { status }),
    });
    await expect(ready).rejects.toThrow();
    expect(statuses).toEqual([status]);
  },
);
