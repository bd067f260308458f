import { createFlags, defineFlags, type FlagDefinition } from "@burgee/core";
import { signOverrides } from "@burgee/core/signed";
import { type FlagPayload, ofrepHandler } from "@burgee/ofrep";
import { expect, test } from "vitest";
import { openShop } from "./shop.js";

const ALL = "evaluate/flags";

test("answers all client flags at once, with their values and variants alone", async () => {
  const { ask } = openShop();
  const response = await ask(ALL, { context: { targetingKey: "ada" } });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    flags: [
      { key: "search-ranking", value: "hybrid", variant: "hybrid", reason: "TARGETING_MATCH" },
      { key: "banner", value: { text: "" }, variant: "none", reason: "DEFAULT" },
    ],
    metadata: {},
    eventStreams: [
      {
        type: "sse",
        endpoint: {
          requestUri: expect.stringMatching(/^\/flags\/ofrep\/v1\/events\?since=[\da-f]{8}-\d+$/),
        },
        inactivityDelaySec: 120,
      },
    ],
  });
});

test("answers one flag", async () => {
  const { ask } = openShop();
  const response = await ask(`${ALL}/search-ranking`, { context: { targetingKey: "bob" } });
  expect([response.status, await response.json()]).toEqual([
    200,
    { key: "search-ranking", value: "bm25", variant: "bm25", reason: "DEFAULT" },
  ]);
});

test("hidden and unknown keys get the same 404", async () => {
  const { ask } = openShop();
  const answers = await Promise.all(
    ["secret-pricing", "no-such-flag", "toString", "__proto__"].map(async (key) => {
      const response = await ask(`${ALL}/${key}`);
      return [response.status, (await response.text()).replaceAll(key, "KEY")];
    }),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]?.[0]).toBe(404);
});

test("no rule, no metadata and no server flag's name is in any answer", async () => {
  const { ask } = openShop({ acceptContext: ["targetingKey", "country"] });
  const asked = [ALL, `${ALL}/search-ranking`, `${ALL}/banner`, `${ALL}/no-such-flag`, "nowhere"];
  for (const path of asked) {
    const response = await ask(path, {
      context: { targetingKey: "ada", country: "secret-country" },
    });
    const text = (await response.text()) + JSON.stringify([...response.headers]);
    expect(text).not.toMatch(/secret|owner|team|shop-set|isNear|targeting"|fractional/);
  }
});

test("of a browser's context only the named attributes are taken", async () => {
  const context = { targetingKey: "ada", country: "secret-country" };
  const byKey = await openShop().ask(`${ALL}/banner`, { context });
  expect(await byKey.json()).toMatchObject({ variant: "none" });
  const byBoth = await openShop({ acceptContext: ["country"] }).ask(`${ALL}/banner`, { context });
  expect(await byBoth.json()).toMatchObject({ variant: "sale" });
});

test("what the server knows wins over what the browser says", async () => {
  const { ask } = openShop({ context: async () => ({ targetingKey: "bob" }) });
  const response = await ask(`${ALL}/search-ranking`, { context: { targetingKey: "ada" } });
  expect(await response.json()).toMatchObject({ variant: "bm25" });
});

test("a function makes of a browser's context what is taken of it", async () => {
  const { ask } = openShop({
    acceptContext: ({ country }) =>
      country === "secret-land" ? { country: "secret-country" } : {},
  });
  const variant = async (country: unknown) =>
    (await (await ask(`${ALL}/banner`, { context: { country } })).json()).variant;
  expect([await variant("secret-land"), await variant("secret-country")]).toEqual(["sale", "none"]);
});

test("a function that throws leaves the browser anonymous", async () => {
  const acceptContext = () => {
    throw new Error("no such country");
  };
  const response = await openShop({ acceptContext }).ask(ALL, { context: { targetingKey: "ada" } });
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { flags: [{ variant: "bm25" }, { variant: "none" }] },
  ]);
});

test("a signed override counts as it does on the page", async () => {
  const secret = "a secret of more than 32 characters";
  const { ask } = openShop({}, { secret });
  const mine = { secret, environment: "production" };
  const token = await signOverrides({ "search-ranking": "hybrid" }, mine);
  const value = async (cookie: string) =>
    (await (await ask("evaluate/flags/search-ranking", {}, { cookie })).json()).value;
  expect(await value(`burgee-overrides=${token}`)).toBe("hybrid");
  expect(await value(`burgee-overrides=${token}x`)).toBe("bm25");
});

test("a visitor is the one that the page has set the cookie for", async () => {
  const { ask, store } = openShop({ visitor: "visitor" });
  const id = "6b1ff1a6-4e3f-4a51-8e4e-2f5f3f1f9f10";
  const { flags } = (await store.read()).flagSet;
  const ranking = flags["search-ranking"] as FlagDefinition;
  const targeting = { if: [{ "==": [{ var: "visitorId" }, id] }, "hybrid"] };
  await store.commit({
    expected: (await store.read()).id,
    flags: { put: { "search-ranking": { ...ranking, targeting } } },
    actor: "test",
    reason: "one visitor",
    kind: "release",
  });
  const value = async (headers: Record<string, string>) =>
    (await (await ask("evaluate/flags/search-ranking", {}, headers)).json()).value;
  expect(await value({ cookie: `visitor=${id}` })).toBe("hybrid");
  expect(await value({})).toBe("bm25");
});

test("a flag that serves its default is a flag with that value, whatever the reason", async () => {
  const { ask, turnOff } = openShop();
  await turnOff("search-ranking");
  const disabled = await ask(`${ALL}/search-ranking`, { context: { targetingKey: "ada" } });
  const answer = { key: "search-ranking", value: "bm25", variant: "bm25", reason: "DEFAULT" };
  expect([disabled.status, await disabled.json()]).toEqual([200, answer]);

  const client = defineFlags({
    "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  });
  const early = createFlags(client, { source: { subscribe: () => () => {} }, client });
  early.observe({ problem: () => {} });
  const handle = ofrepHandler(early);
  const url = `http://localhost/ofrep/v1/${ALL}/search-ranking`;
  expect(await (await handle(new Request(url, { method: "POST" }))).json()).toEqual(answer);
  handle.close();
});

test("answering is no exposure", async () => {
  const { ask, flags } = openShop();
  const exposures: unknown[] = [];
  flags.observe({ exposure: (exposure) => exposures.push(exposure) });
  await ask(ALL);
  expect(exposures).toEqual([]);
});

test.each([
  ["no JSON", "garbage"],
  ["a list", "[]"],
  ["null", "null"],
  ["a context that is no object", '{"context":[]}'],
  ["a context that is a text", '{"context":"ada"}'],
  ["no UTF-8", "\u0000\uFFFD{"],
  ["too large", JSON.stringify({ context: { targetingKey: "x".repeat(70_000) } }), 413],
])("a body that is %s is refused", async (_name, body, status = 400) => {
  const { ask } = openShop();
  const [bulk, single] = await Promise.all([ask(ALL, body), ask(`${ALL}/banner`, body)]);
  expect(bulk?.status).toBe(status);
  expect(await bulk?.json()).toEqual({
    errorCode: "INVALID_CONTEXT",
    errorDetails: expect.stringContaining('{"context": {…}}'),
  });
  expect([single?.status, await single?.json()]).toMatchObject([status, { key: "banner" }]);
});

test("a hostile context never makes more than an anonymous answer", async () => {
  const { ask } = openShop({
    acceptContext: ["targetingKey", "country", "__proto__", "constructor"],
  });
  for (const context of [
    '{"targetingKey":{}}',
    '{"__proto__":{"country":1}}',
    '{"country":[[[]]]}',
    '{"constructor":1}',
  ]) {
    expect((await ask(ALL, `{"context":${context}}`)).status).toBe(200);
  }
});

test("the tag is of the answer: it depends on the context, and not on the revision", async () => {
  const { ask, turnOff } = openShop();
  const tag = async (targetingKey: string) =>
    (await ask(ALL, { context: { targetingKey } })).headers.get("etag") ?? "";
  const [ada, bob] = [await tag("ada"), await tag("bob")];
  expect(ada).toMatch(/^"[0-9a-f]{32}"$/);
  expect(ada).not.toBe(bob);
  await turnOff("secret-pricing");
  expect(await tag("ada")).toBe(ada);
  await turnOff("search-ranking");
  expect(await tag("ada")).not.toBe(ada);
});

test("an answer that the browser has already is a 304, empty", async () => {
  const { ask } = openShop();
  const etag = (await ask(ALL)).headers.get("etag") ?? "";
  for (const given of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const response = await ask(ALL, {}, { "if-none-match": given });
    expect([response.status, await response.text(), response.headers.get("etag")]).toEqual([
      304,
      "",
      etag,
    ]);
  }
  expect((await ask(ALL, {}, { "if-none-match": '"other"' })).status).toBe(200);
});

test("neither the receipt nor how far an answer has followed makes it another answer", async () => {
  const { ask, turnOff, flags } = openShop({}, { secret: "a secret of more than 32 characters" });
  await flags.ready();
  const first = await ask(ALL);
  const before = (await first.json()) as FlagPayload;
  const etag = first.headers.get("etag") ?? "";
  await turnOff("secret-pricing");
  const second = await ask(ALL);
  const after = (await second.json()) as FlagPayload;
  expect(after.receipt).not.toBe(before.receipt);
  expect(after.eventStreams).not.toEqual(before.eventStreams);
  expect(second.headers.get("etag")).toBe(etag);
  expect((await ask(ALL, {}, { "if-none-match": etag })).status).toBe(304);
});

test("other paths are a 404, other methods a 405 that names the one to use", async () => {
  const { ask, handle } = openShop();
  expect((await ask("nowhere")).status).toBe(404);
  expect((await ask(`${ALL}/banner/more`)).status).toBe(404);
  expect((await ask(`${ALL}/%E0%A4%A`)).status).toBe(404);
  const get = await handle(new Request(`http://localhost/ofrep/v1/${ALL}`));
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await ask("events")).headers.get("allow")).toBe("GET");
  const reports = await handle(new Request("http://localhost/flags/reports"));
  expect([reports.status, reports.headers.get("allow")]).toEqual([405, "POST"]);
});
