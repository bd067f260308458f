import { afterEach, expect, test, vi } from "vitest";
import { openShop } from "./shop.js";

afterEach(() => void vi.useRealTimers());

type Shop = ReturnType<typeof openShop>;

/** A reader of the stream; each read is one event or comment. */
async function listen({ handle }: Shop) {
  const response = await handle(new Request("http://localhost/ofrep/v1/events"));
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
    expect(await next()).toBe("retry: 1000\n\n");
  }
  await shop.turnOff("banner");
  for (const { next } of readers) {
    const [event, id, data] = (await next()).split("\n");
    expect([event, id]).toEqual(["event: message", expect.stringMatching(/^id: \d+$/)]);
    expect(JSON.parse((data ?? "").replace("data: ", ""))).toEqual({
      type: "refetchEvaluation",
      lastModified: expect.any(Number),
    });
  }
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
