import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AuditEntry, readHold } from "@burgee/core";
import { redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { buildProgram } from "../../stores/test/build-program.js";
import { type RedisServer, startRedis } from "../../stores/test/redis-server.js";
import { type Instance, startInstance } from "./guard/fleet-instance.js";
import { newCheckout } from "./guard/guarded.js";

/** Requests a second of one instance. */
const RATE = 300;

async function joinShop(redis: RedisServer, seed: number, bad: number): Promise<Instance> {
  const instance = await startInstance(redis.url, seed, bad);
  onTestFinished(instance.stop);
  return instance;
}

async function startShop(instances: number, bad: number) {
  const redis = await startRedis("--appendonly", "yes");
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const client = createClient({ url: redis.url });
  await client.connect();
  await redisStore({ client, key: "shop" }).commit({
    expected: "",
    flags: { put: { "new-checkout": newCheckout(5) } },
    actor: "ada",
    reason: "5 % get the new checkout",
    kind: "seed",
  });
  client.destroy();
  const seeds = Array.from({ length: instances }, (_, index) => index + 1);
  const shop = await Promise.all(seeds.map((seed) => joinShop(redis, seed, bad)));
  return { redis, shop };
}

async function entriesOf({ store }: Instance): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of store.history({ flag: "new-checkout" })) entries.unshift(entry);
  return entries;
}

function servesOn({ flags }: Instance): boolean {
  const users = Array.from({ length: 500 }, (_, index) => ({ targetingKey: `user-${index}` }));
  return users.some((user) => flags.scope(user).get("new-checkout"));
}

async function expectOneTrip(shop: readonly Instance[]): Promise<void> {
  const [one] = shop as [Instance];
  expect((await entriesOf(one)).map(({ kind }) => kind)).toEqual(["seed", "guard"]);
  const { flagSet } = await one.store.read();
  expect(readHold(flagSet.flags["new-checkout"] as never)).toMatchObject({ held: "off" });
  await vi.waitFor(() => expect(shop.map(servesOn)).not.toContain(true), 1000);
}

test("a fleet trips once, with one entry, by what all of it has counted", async () => {
  const { shop } = await startShop(3, 0.25);
  const started = Date.now();
  const events = await Promise.all(shop.map(({ told }) => told("tripped")));
  await expectOneTrip(shop);
  const [writer, ...others] = events.filter(({ entry }) => entry !== undefined);
  expect(others).toEqual([]);
  const { safe, treatment } = writer?.evidence?.counts ?? {};
  const counted = (safe?.exposures ?? 0) + (treatment?.exposures ?? 0);
  expect(counted).toBeGreaterThan((2 * RATE * (Date.now() - started - 1500)) / 1000);
}, 30_000);

test("a healthy variant does not trip a fleet", async () => {
  const { shop } = await startShop(3, 0.01);
  const [one] = shop as [Instance];
  while ((one.guard.evidence[0]?.counts.treatment.exposures ?? 0) < 200) await one.guard.look();
  expect(shop.map(({ guard }) => guard.state)).toEqual(["armed", "armed", "armed"]);
  expect(await entriesOf(one)).toHaveLength(1);
}, 30_000);

test("when the one who leads dies, another goes on with the evidence there is", async () => {
  const { redis, shop } = await startShop(1, 0.25);
  const [leader] = shop as [Instance];
  const countsOf = ({ guard }: Instance) => guard.evidence[0]?.counts.safe.exposures ?? 0;
  while (countsOf(leader) < 200) await leader.guard.look();
  const others = await Promise.all([2, 3].map((seed) => joinShop(redis, seed, 0.25)));
  const before = countsOf(leader);
  leader.stop();
  const events = await Promise.all(others.map(({ told }) => told("tripped")));
  await expectOneTrip(others);
  const writer = events.find(({ entry }) => entry !== undefined);
  expect(writer?.evidence?.counts.safe.exposures).toBeGreaterThan(before + 1000);
}, 30_000);

test("with Redis gone each instance pins the safe variant, and one trips when it is back", async () => {
  const { redis, shop } = await startShop(3, 0.5);
  await Promise.all(shop.map(({ guard }) => guard.look()));
  redis.pause();
  await Promise.all(shop.map(({ told }) => told("pinned")));
  for (const instance of shop) expect(servesOn(instance)).toBe(false);
  redis.resume();
  await Promise.all(shop.map(({ told }) => told("tripped")));
  await expectOneTrip(shop);
}, 60_000);

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-fleet-"));
  program = await buildProgram(join(import.meta.dirname, "guard-fleet-program.ts"), folder);
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

/** What a process tells: that it has judged, and when it tripped, and served the treatment last. */
interface Told {
  readonly judged?: number;
  readonly trippedAt?: number;
  readonly lastOn?: number;
}

/** An instance in a process of its own. */
function spawnInstance(redis: RedisServer, seed: number, bad: number) {
  const child = spawn(process.execPath, [program, redis.url, String(seed), String(bad)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: Told[] = [];
  const output = createInterface(child.stdout);
  output.on("line", (line) => lines.push(JSON.parse(line)));

  /** Resolves with the first line that has a name. */
  async function told(name: keyof Told): Promise<Told> {
    for (;;) {
      const known = lines.find((line) => line[name] !== undefined);
      if (known !== undefined) return known;
      await new Promise((resolve) => output.once("line", resolve));
    }
  }

  return { child, told };
}

test("of three processes whose leader is killed, the others trip once and serve safe within a second", async () => {
  const { redis, shop } = await startShop(0, 0);
  expect(shop).toEqual([]);
  const leader = spawnInstance(redis, 1, 0.25);
  await leader.told("judged");
  const others = [2, 3].map((seed) => spawnInstance(redis, seed, 0.25));
  leader.child.kill("SIGKILL");
  const ends = await Promise.all(others.map(({ told }) => told("lastOn")));
  const trippedAt = Math.min(...ends.map(({ trippedAt = 0 }) => trippedAt));
  for (const { lastOn = 0 } of ends) expect(lastOn - trippedAt).toBeLessThan(1000);
  await expectOneTrip([await joinShop(redis, 4, 0.25)]);
}, 60_000);
