import { createFlags } from "@burgee/core";
import { type OfrepOptions, ofrepHandler } from "@burgee/ofrep";
import { expect, test } from "vitest";
import { client, openShop } from "./shop.js";

const ALL = "evaluate/flags";
const toServers: OfrepOptions = { audience: "server", authorize: () => true };
const metadata = { flagSetId: "shop-set" };

test("servers are told of every flag, with its metadata and that of the set", async () => {
  const { ask } = openShop(toServers);
  const context = { targetingKey: "ada", country: "secret-country" };
  expect(await (await ask(ALL, { context })).json()).toEqual({
    flags: [
      {
        key: "search-ranking",
        value: "hybrid",
        variant: "hybrid",
        reason: "TARGETING_MATCH",
        metadata: { ...metadata, owner: "search-team" },
      },
      {
        key: "banner",
        value: { text: "SALE</script>" },
        variant: "sale",
        reason: "TARGETING_MATCH",
        metadata,
      },
      { key: "secret-pricing", value: true, variant: "on", reason: "STATIC", metadata },
    ],
    metadata,
    eventStreams: [expect.objectContaining({ type: "sse" })],
  });
});

test("a flag is answered alone as it is among all", async () => {
  const { ask } = openShop(toServers);
  const all = (await (await ask(ALL)).json()) as { flags: { key: string }[] };
  for (const flag of all.flags) {
    const response = await ask(`${ALL}/${flag.key}`);
    expect([response.status, await response.json()]).toEqual([200, flag]);
  }
});

test("where a server's own default serves there is no value, and no variant", async () => {
  const { ask, turnOff } = openShop(toServers);
  await turnOff("search-ranking");
  expect(await (await ask(`${ALL}/search-ranking`)).json()).toEqual({
    key: "search-ranking",
    reason: "DISABLED",
    metadata: { ...metadata, owner: "search-team" },
  });
});

test("a flag that is not in the set is a 404 of its own", async () => {
  const response = await openShop(toServers).ask(`${ALL}/no-such-flag`);
  expect([response.status, await response.json()]).toEqual([
    404,
    { key: "no-such-flag", errorCode: "FLAG_NOT_FOUND", errorDetails: expect.any(String) },
  ]);
});

test("before the first revision a server is told so", async () => {
  const early = createFlags(client, { source: { subscribe: () => () => {} }, client });
  const handle = ofrepHandler(early, toServers);
  const ask = (path: string) =>
    handle(new Request(`http://localhost/ofrep/v1/${path}`, { method: "POST" }));
  const notReady = { errorCode: "PROVIDER_NOT_READY", errorDetails: expect.any(String) };
  const [all, one] = [await ask(ALL), await ask(`${ALL}/banner`)];
  expect([all.status, await all.json()]).toEqual([500, notReady]);
  expect([one.status, await one.json()]).toEqual([500, { key: "banner", ...notReady }]);
  handle.close();
});

test("a guard's pin holds for servers, too", async () => {
  const { ask, flags } = openShop(toServers);
  await flags.ready();
  flags.pin("search-ranking", "bm25", { until: Date.now() + 60_000, reason: "errors rose" });
  const response = await ask(`${ALL}/search-ranking`, { context: { targetingKey: "ada" } });
  expect(await response.json()).toMatchObject({ value: "bm25", reason: "TARGETING_MATCH" });
});

test("servers hear of a change of any flag, and have no receipt and nothing to report", async () => {
  const shop = openShop(toServers, { secret: "a secret of more than 32 characters" });
  await shop.flags.ready();
  const response = await shop.handle(new Request("http://localhost/ofrep/v1/events"));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  await next();
  await shop.turnOff("secret-pricing");
  expect(await next()).toContain("refetchEvaluation");
  expect(await (await shop.ask(ALL)).json()).not.toHaveProperty("receipt");
  const report = new Request("http://localhost/reports", { method: "POST", body: "{}" });
  expect((await shop.handle(report)).status).toBe(404);
});

test("of servers the whole context is taken, or what is named of it", async () => {
  const context = { targetingKey: "ada", country: "secret-country" };
  const variant = async (options: OfrepOptions) =>
    (await (await openShop({ ...toServers, ...options }).ask(`${ALL}/banner`, { context })).json())
      .variant;
  expect(await variant({})).toBe("sale");
  expect(await variant({ acceptContext: ["targetingKey"] })).toBe("none");
  expect(await variant({ context: { country: "NL" } })).toBe("none");
});
