import { afterEach, expect, test, vi } from "vitest";
import { openShop } from "./shop.js";

afterEach(() => void vi.useRealTimers());

type Shop = ReturnType<typeof openShop>;

/** A reader of the stream; each read is one event. */
async function listen(shop: Shop, since = "", headers: Record<string, string> = {}) {
  const response = await open(shop, since, headers);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  return { response, next, leave: () => reader.cancel() };
}

function open({ handle }: Shop, since = "", headers: Record<string, string> = {}) {
  return handle(new Request(`http://localhost/ofrep/v1/events${since}`, { headers }));
}

/** What an event says. */
function dataIn(text: string): unknown {
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "null");
}

test("every reader is told when a client flag has changed", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const readers = await Promise.all([listen(shop), listen(shop)]);
  for (const { response, next } of readers) {
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    expect(await next()).toMatch(/^retry: 1\d{3}\n/);
  }
  await shop.turnOff("banner");
  for (const { next } of readers) {
    const told = await next();
    expect(told).toMatch(/^event: message\nid: [\da-f]{8}-\d+\ndata: .*\n\n$/);
    expect(dataIn(told)).toEqual({
      type: "refetchEvaluation",
      etag: shop.flags.revision,
      lastModified: expect.any(Number),
    });
  }
});

/** How a page that is rendered now will open its stream. */
async function rendered({ flags, handle }: Shop, scope = flags.scope({})) {
  const { eventStreams } = await handle.payload(scope, "/flags");
  const { requestUri } = eventStreams?.[0]?.endpoint ?? { requestUri: "" };
  return requestUri.replace("/flags/ofrep/v1/events", "");
}

const idIn = (text: string) => /^id: (\S+)$/m.exec(text)?.[1] ?? "";

test("who has followed to now is told nothing but where that is", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const since = await rendered(shop);
  const first = await (await listen(shop, since)).next();
  expect(first).toMatch(/^retry: 1\d{3}\nid: [\da-f]{8}-\d+\n\n$/);
  expect(`?since=${idIn(first)}`).toBe(since);
});

test("a change between a page's render and its stream is told when the stream opens", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const since = await rendered(shop);
  await shop.turnOff("banner");
  expect(await (await listen(shop, since)).next()).toContain("refetchEvaluation");
});

test("a change between a scope's opening and its payload is told when the stream opens", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const scope = shop.flags.scope({});
  await shop.turnOff("banner");
  const since = await rendered(shop, scope);
  expect(await (await listen(shop, since)).next()).toContain("refetchEvaluation");
});

test("a server flag's change in between is not", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const since = await rendered(shop);
  await shop.turnOff("secret-pricing");
  expect(await (await listen(shop, since)).next()).not.toContain("refetchEvaluation");
});

test("where a stream got to counts more than where its page began", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const since = await rendered(shop);
  await shop.turnOff("banner");
  const id = idIn(await (await listen(shop, since)).next());
  const again = await listen(shop, since, { "last-event-id": id });
  expect(await again.next()).not.toContain("refetchEvaluation");
  await shop.turnOff("search-ranking");
  const later = await listen(shop, since, { "last-event-id": id });
  expect(await later.next()).toContain("refetchEvaluation");
});

test.each([
  ["nothing", ""],
  ["another process's", "?since=00000000-99"],
  ["garbage", "?since=%00-_-1e9"],
  ["too much", `?since=${"9".repeat(1000)}`],
])("who says %s of how far he has followed is told to ask again", async (_name, since) => {
  const shop = openShop();
  await shop.flags.ready();
  expect(await (await listen(shop, since)).next()).toContain("refetchEvaluation");
});

test("a server flag's change is nobody's business", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const { next } = await listen(shop);
  await next();
  await shop.turnOff("secret-pricing");
  await shop.turnOff("banner");
  shop.handle.close();
  expect([await next(), await next()]).toEqual([expect.stringContaining("refetchEvaluation"), ""]);
});

test("a heartbeat keeps an idle stream open, as long as somebody reads", async () => {
  vi.useFakeTimers();
  const { next, leave } = await listen(openShop());
  await next();
  const reading = next();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(29_000);
  expect(await Promise.race([reading, "nothing"])).toBe("nothing");
  vi.advanceTimersByTime(1000);
  expect(await reading).toBe(": still here\nevent: heartbeat\ndata: 30000\n\n");
  await leave();
  expect(vi.getTimerCount()).toBe(0);
});

test("of many who listen each gets its heartbeat, but not all at the same moment", async () => {
  vi.useFakeTimers();
  const shop = openShop();
  const listeners = await Promise.all(Array.from({ length: 60 }, () => listen(shop)));
  let heartbeats = 0;
  const count = (text: string) => void (text.includes("event: heartbeat") && heartbeats++);
  for (const { next } of listeners) void next().then(next).then(count);
  await vi.advanceTimersByTimeAsync(1000);
  expect(heartbeats).toBe(2);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(heartbeats).toBe(60);
});

test("one who does not read has one message waiting, and is left behind after two minutes", async () => {
  vi.useFakeTimers();
  const shop = openShop();
  const { next } = await listen(shop);
  for (let changes = 0; changes < 50; changes++) {
    await shop.turnOff("banner");
    await shop.turnOn("banner");
  }
  vi.advanceTimersByTime(119_000);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2000);
  expect(vi.getTimerCount()).toBe(0);
  expect([await next(), await next()]).toEqual([expect.stringContaining("retry: "), ""]);
});

test("one who reads now and then is never left behind", async () => {
  vi.useFakeTimers();
  const { next } = await listen(openShop());
  for (let reads = 0; reads < 4; reads++) {
    vi.advanceTimersByTime(90_000);
    expect(await next()).not.toBe("");
    vi.advanceTimersByTime(30_000);
  }
  expect(await next()).toContain("event: heartbeat");
});

test("one who reads slowly is told once of many changes, and where he then is", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const { next } = await listen(shop, await rendered(shop));
  for (let changes = 0; changes < 50; changes++) {
    await shop.turnOff("banner");
    await shop.turnOn("banner");
  }
  await next();
  const told = await next();
  expect(told).toContain("refetchEvaluation");
  const later = await listen(shop, "", { "last-event-id": idIn(told) });
  expect(await later.next()).not.toContain("refetchEvaluation");
  shop.handle.close();
  expect(await next()).toBe("");
});

test.each([
  [99, undefined],
  [100, 100],
  [150, 150],
])("%i who listen are told to spread their requests over %s ms", async (count, withinMs) => {
  const shop = openShop();
  await shop.flags.ready();
  const since = await rendered(shop);
  const listeners = await Promise.all(Array.from({ length: count }, () => listen(shop, since)));
  await Promise.all(listeners.map(({ next }) => next()));
  await shop.turnOff("banner");
  for (const { next } of listeners) {
    const data = dataIn(await next());
    expect(data).toMatchObject({ type: "refetchEvaluation" });
    expect((data as { withinMs?: number }).withinMs).toBe(withinMs);
  }
});

test("of very many some are told at once and the others soon after, whatever changes meanwhile", async () => {
  vi.useFakeTimers();
  const shop = openShop();
  await shop.flags.ready();
  const since = await rendered(shop);
  const listeners = await Promise.all(Array.from({ length: 250 }, () => listen(shop, since)));
  const told: string[] = [];
  for (const { next } of listeners)
    void next()
      .then(next)
      .then((text) => told.push(text));
  await vi.advanceTimersByTimeAsync(0);
  await shop.turnOff("banner");
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toHaveLength(100);
  await shop.turnOn("banner");
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toHaveLength(250);
  expect(new Set(told.slice(100).map(idIn)).size).toBe(1);
  expect(idIn(told[249] ?? "")).not.toBe(idIn(told[0] ?? ""));
});

const byHeader = (request: Request) => request.headers.get("x-address") ?? undefined;

test("an address has so many streams, and one more once one of them has ended", async () => {
  const shop = openShop({ address: byHeader, limits: { streamsPerAddress: 2 } });
  const asAda = { "x-address": "ada" };
  const first = await listen(shop, "", asAda);
  await listen(shop, "", asAda);
  const refused = await open(shop, "", asAda);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(await refused.json()).toEqual({ errorDetails: expect.any(String) });
  expect((await open(shop, "", { "x-address": "bob" })).status).toBe(200);
  expect((await open(shop)).status).toBe(200);
  await first.leave();
  expect((await open(shop, "", asAda)).status).toBe(200);
  expect((await open(shop, "", asAda)).status).toBe(429);
});

test("a process has so many streams, whosever they are", async () => {
  const shop = openShop({ limits: { streams: 2 } });
  const first = await listen(shop);
  await listen(shop);
  const refused = await open(shop);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "60"]);
  await first.leave();
  expect((await open(shop)).status).toBe(200);
});

test("close ends every stream", async () => {
  const shop = openShop();
  const { next } = await listen(shop);
  await next();
  shop.handle.close();
  expect(await next()).toBe("");
});

test("after close no stream is opened, and nothing is left to wait for", async () => {
  vi.useFakeTimers();
  const shop = openShop();
  await listen(shop);
  shop.handle.close();
  expect((await open(shop)).status).toBe(503);
  expect(vi.getTimerCount()).toBe(0);
});
