import { afterEach, expect, test, vi } from "vitest";
import { openShop } from "./shop.js";

afterEach(() => void vi.useRealTimers());

type Shop = ReturnType<typeof openShop>;

/** A reader of the stream; each read is one event or comment. */
async function listen({ handle }: Shop, since = "", headers: Record<string, string> = {}) {
  const url = `http://localhost/ofrep/v1/events${since}`;
  const response = await handle(new Request(url, { headers }));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  return { response, next, leave: () => reader.cancel() };
}

test("every reader is told when a client flag has changed", async () => {
  const shop = openShop();
  await shop.flags.ready();
  const readers = await Promise.all([listen(shop), listen(shop)]);
  for (const { response, next } of readers) {
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await next()).toMatch(/^retry: 1000\n/);
  }
  await shop.turnOff("banner");
  for (const { next } of readers) {
    const [event, id, data] = (await next()).split("\n");
    expect([event, id]).toEqual(["event: message", expect.stringMatching(/^id: [\da-f]{8}-\d+$/)]);
    expect(JSON.parse((data ?? "").replace("data: ", ""))).toEqual({
      type: "refetchEvaluation",
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
  expect(first).toMatch(/^retry: 1000\nid: [\da-f]{8}-\d+\n\n$/);
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

test("a comment keeps an idle stream open, as long as somebody reads", async () => {
  vi.useFakeTimers();
  const { next, leave } = await listen(openShop());
  await next();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(30_000);
  expect(await next()).toBe(": still here\n\n");
  await leave();
  expect(vi.getTimerCount()).toBe(0);
});

test("a reader that does not read is left behind", async () => {
  vi.useFakeTimers();
  const { next } = await listen(openShop());
  vi.advanceTimersByTime(30_000 * 200);
  expect(vi.getTimerCount()).toBe(0);
  let chunks = 0;
  while ((await next()) !== "") chunks++;
  expect(chunks).toBeLessThan(110);
});

test("close ends every stream", async () => {
  const shop = openShop();
  const { next } = await listen(shop);
  await next();
  shop.handle.close();
  expect(await next()).toBe("");
});
