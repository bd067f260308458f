import { type FleetLead, redisFleet } from "@burgee/monitor";
import { createClient } from "redis";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "../../../stores/test/redis-server.js";

/** Fleets of as many instances, over one Redis. */
async function instances(count: number) {
  const redis = await startRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const client = createClient({ url: redis.url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  const fleets = Array.from({ length: count }, () => redisFleet({ client, key: "shop" }));
  return { client, redis, fleets, series: fleets.map((fleet) => fleet.series("a", 50, 60_000)) };
}

/** What the leader is told once a bucket is over. */
async function closedTo(series: { lead(): Promise<FleetLead> }): Promise<FleetLead> {
  for (;;) {
    const lead = await series.lead();
    if (lead.closed.length > 0) return lead;
  }
}

test("a unit that fails on several instances counts once", async () => {
  const { series } = await instances(3);
  for (const each of series) {
    await each.add({ counts: { units: 2 }, failures: [["a unit", "errors", "others"]] });
  }
  const { closed } = await closedTo(series[0] as never);
  const sums: Record<string, number> = {};
  for (const { counts } of closed) {
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  }
  expect(sums["errors"]).toBe(1);
  expect(sums["others"]).toBe(1);
});

test("one leads, the others do not, and nobody else saves", async () => {
  const { client, series } = await instances(2);
  const [one, two] = series as [(typeof series)[0], (typeof series)[0]];
  await one.add({ counts: { units: 2 }, failures: [] });
  const { leads, closed } = await closedTo(one);
  expect(leads).toBe(true);
  expect(await two.lead()).toEqual({ leads: false, state: undefined, closed: [] });
  expect(await two.save("mine", closed)).toBe(false);
  await client.del("{shop}:guard:a:lease"); // as if it were over
  expect((await two.lead()).closed).toEqual(closed);
  expect(await one.save("theirs", closed)).toBe(false);
  expect(await two.save("mine", closed)).toBe(true);
  expect(await two.lead()).toMatchObject({ leads: true, state: "mine", closed: [] });
});

test("all hash units by one key", async () => {
  const { fleets } = await instances(3);
  const keys = await Promise.all(fleets.map((fleet) => fleet.unitKey()));
  expect(keys[0]).toHaveLength(32);
  for (const key of keys) expect(key).toEqual(keys[0]);
});

test("everything it keeps is over one day", async () => {
  const { client, series } = await instances(1);
  await series[0]?.add({ counts: { units: 1 }, failures: [["a unit", "errors"]] });
  const { closed } = await closedTo(series[0] as never);
  await series[0]?.save("state", closed);
  await series[0]?.add({ counts: { units: 1 }, failures: [] });
  const keys = await client.keys("{shop}:guard:a:*");
  expect(keys).toHaveLength(4);
  for (const key of keys) expect(await client.pTTL(key)).toBeGreaterThan(0);
});

test("a Redis that does not answer is an error, and soon", async () => {
  const { redis, series } = await instances(1);
  redis.pause();
  await expect(series[0]?.lead()).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  redis.resume();
});

test("a key that cannot be a hash tag is refused", () => {
  const client = createClient();
  expect(() => redisFleet({ client, key: "a {shop}" })).toThrow(/INVALID_OPTIONS/);
});
