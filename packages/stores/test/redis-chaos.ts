import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import {
  type AuditEntry,
  createFlags,
  defineFlags,
  type FlagDefinition,
  type Health,
} from "@burgee/core";
import { type RedisStoreOptions, redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { expect, onTestFinished, test, vi } from "vitest";
import { startProxy } from "./redis-proxy.js";
import { type RedisServer, startRedis } from "./redis-server.js";
import { connectTo, who } from "./redis-shop.js";

/** How much is at stake. */
export interface ChaosTerms {
  /** How many instances serve. */
  readonly instances: number;
  readonly options?: Partial<RedisStoreOptions>;
  /** How often each thing happens. */
  readonly rounds: number;
  /** How long Redis is down once it was killed, in milliseconds. `@default` no longer than it takes to notice */
  readonly down?: number;
}

type Ranking = "none" | "a" | "b" | "c";

const definitions = defineFlags({
  ranking: { default: "none", variants: ["none", "a", "b", "c"] },
});

function ranking(defaultVariant: Ranking): FlagDefinition {
  const variants = { none: "none", a: "a", b: "b", c: "c" };
  return { state: "ENABLED", variants, defaultVariant };
}

/** How long a return may take, and a commit, in milliseconds. */
const RETURN = 5000;
const COMMIT = 1000;

/** Instances that serve without a pause, and whoever changes their flags. */
async function startShop(url: string, { instances: count, options }: ChaosTerms) {
  const key = "shop";
  const seen = new Set<string>();
  const problems: { code: string; message: string }[] = [];
  let reads = 0;
  let open = true;

  const instances = await Promise.all(
    Array.from({ length: count }, async () => {
      const client = await connectTo(url);
      const store = redisStore({ client, key, ...options });
      const flags = createFlags(definitions, { source: store });
      flags.observe({ problem: (problem) => problems.push(problem) });
      return { flags, store };
    }),
  );
  onTestFinished(() => {
    open = false;
    for (const { flags } of instances) flags.close();
  });

  async function load(): Promise<void> {
    while (open) {
      for (const { flags } of instances) {
        seen.add(flags.scope({ targetingKey: "ada" }).get("ranking"));
        reads++;
      }
      await turn();
    }
  }

  async function commit(variant: Ranking, at = url): Promise<AuditEntry> {
    const client = await connectTo(at);
    const store = redisStore({ client, key });
    const expected = await store.read().then(
      ({ id }) => id,
      () => "",
    );
    return store.commit({ ...who, expected, flags: { put: { ranking: ranking(variant) } } });
  }

  const every = (holds: (instance: (typeof instances)[number]) => boolean, timeout: number) =>
    vi.waitFor(() => expect(instances.every(holds)).toBe(true), { timeout, interval: 5 });

  await commit("a");
  const loading = load();
  await Promise.all(instances.map(({ flags }) => flags.ready()));
  // Nothing is under way that would notice an outage by chance.
  await vi.waitFor(async () => {
    expect(await instances[0]?.store.fleet()).toHaveLength(count);
  });
  seen.clear();
  return {
    key,
    commit,
    seen,
    problems,
    instances,
    /** Ends the load; every read of it was answered with what some flag set or definition says. */
    async end() {
      open = false;
      await loading;
      expect(reads).toBeGreaterThan(instances.length);
    },
    serve: (variant: Ranking, timeout: number) =>
      every(({ flags }) => flags.scope({}).get("ranking") === variant, timeout),
    hold: (revision: string, timeout: number) =>
      every(({ flags }) => flags.health.revision === revision, timeout),
    are: (status: "stale" | "ready", timeout: number) =>
      every(({ flags }) => flags.health.status === status, timeout),
    told: (code: string, timeout: number) =>
      vi.waitFor(() => expect(problems.map((each) => each.code)).toContain(code), {
        timeout,
        interval: 5,
      }),
  };
}

type Shop = Awaited<ReturnType<typeof startShop>>;

/** What was found, in milliseconds: until all held the newest after a return, and obeyed a commit. */
export const found = { return: [] as number[], commit: [] as number[] };

/** After a return: the newest revision soon, and the next commit at once. */
async function obeys(shop: Shop, at?: string): Promise<void> {
  const returned = performance.now();
  const { revision } = await shop.commit("b", at);
  await shop.hold(revision, RETURN);
  found.return.push(performance.now() - returned);
  await shop.serve("b", 0);
  await shop.are("ready", RETURN);
  for (const variant of ["c", "a"] as const) {
    const committed = performance.now();
    await shop.commit(variant, at);
    await shop.serve(variant, COMMIT);
    found.commit.push(performance.now() - committed);
  }
}

/** Whatever becomes of Redis, every read is answered, and every instance finds its way back. */
export function testChaos(terms: ChaosTerms): void {
  const rounds = Array.from({ length: terms.rounds }, (_, round) => round);

  test("killed with -9 and restarted: the last known values, then the newest", async () => {
    await using redis = await startRedis("--appendonly", "yes", "--appendfsync", "always");
    const shop = await startShop(redis.url, terms);
    for (const _ of rounds) {
      await redis.kill();
      await shop.are("stale", RETURN);
      await pause(terms.down ?? 0);
      expect([...shop.seen]).toEqual(["a"]);
      await redis.start();
      await obeys(shop);
      shop.seen.clear();
    }
    await shop.end();
  });

  test("paused with SIGSTOP: noticed within seconds, and over as soon as it goes on", async () => {
    await using redis = await startRedis();
    const shop = await startShop(redis.url, terms);
    for (const _ of rounds) {
      redis.pause();
      await shop.are("stale", RETURN);
      expect([...shop.seen]).toEqual(["a"]);
      redis.resume();
      await obeys(shop);
      shop.seen.clear();
    }
    await shop.end();
  });

  test("restarted empty: an empty store is not obeyed, and the first commit is", async () => {
    await using redis = await startRedis();
    const shop = await startShop(redis.url, terms);
    for (const _ of rounds) {
      await redis.kill();
      await redis.start();
      await vi.waitFor(
        () => expect(shop.instances.every(({ flags }) => gone(flags.health))).toBe(true),
        { timeout: RETURN, interval: 5 },
      );
      expect([...shop.seen]).toEqual(["a"]);
      await shop.commit("b");
      await shop.serve("b", COMMIT);
      await obeys(shop);
      shop.seen.clear();
    }
    await shop.end();
  });

  test("restarted empty, with onDivergence reseed: one writes back what is held", async () => {
    await using redis = await startRedis();
    const shop = await startShop(redis.url, withReseed(terms));
    for (const _ of rounds) {
      const lost = shop.instances[0]?.flags.health.revision as string;
      await redis.kill();
      await redis.start();
      await shop.are("stale", RETURN);
      await shop.are("ready", RETURN);
      const store = redisStore({ client: await connectTo(redis.url), key: shop.key });
      const { id, flagSet } = await store.read();
      expect(flagSet.flags).toEqual({ ranking: ranking("a") });
      const entries = [];
      for await (const entry of store.history()) entries.push(entry);
      expect(entries).toMatchObject([{ kind: "manual", revision: id, previous: "" }]);
      expect(entries[0]?.reason).toContain(lost);
      await shop.hold(id, RETURN);
      expect([...shop.seen]).toEqual(["a"]);
      await obeys(shop);
      shop.seen.clear();
    }
    await shop.end();
  });

  test.each(["follow", "reseed"] as const)(
    "restarted from an old snapshot, with onDivergence %s",
    async (onDivergence) => {
      await using redis = await startRedis();
      const reseed = onDivergence === "reseed";
      const shop = await startShop(redis.url, reseed ? withReseed(terms) : terms);
      for (const _ of rounds) {
        const admin = await connectTo(redis.url);
        await admin.sendCommand(["SAVE"]);
        await redis.keepSnapshot();
        await shop.commit("b");
        await shop.serve("b", COMMIT);
        shop.seen.clear();
        shop.problems.length = 0;
        await redis.kill();
        await redis.restoreSnapshot();
        await redis.start();
        if (reseed) await shop.are("stale", RETURN);
        await shop.serve(reseed ? "b" : "a", RETURN);
        await shop.are("ready", RETURN);
        await shop.told("DIVERGED", 0);
        expect(shop.seen.has("a")).toBe(!reseed);
        expect(shop.seen.has("none")).toBe(false);
        await obeys(shop);
      }
      await shop.end();
    },
  );

  test("made read-only: it is followed, and a commit says that it cannot be written", async () => {
    await using redis = await startRedis();
    const shop = await startShop(redis.url, terms);
    const admin = await connectTo(redis.url);
    for (const [make, undo] of [
      [
        ["REPLICAOF", "127.0.0.1", "1"],
        ["REPLICAOF", "NO", "ONE"],
      ],
      [
        ["CONFIG", "SET", "min-replicas-to-write", "1"],
        ["CONFIG", "SET", "min-replicas-to-write", "0"],
      ],
      [
        ["ACL", "SETUSER", "default", "-@write"],
        ["ACL", "SETUSER", "default", "+@all"],
      ],
    ] as const) {
      await admin.sendCommand(make);
      await expect(shop.commit("b")).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
      await Promise.all(shop.instances.map(({ store }) => store.refresh()));
      await shop.are("ready", RETURN);
      expect([...shop.seen]).toEqual(["a"]);
      await admin.sendCommand(undo);
      await obeys(shop);
      shop.seen.clear();
    }
    await shop.end();
  });

  test("its password changed: the last known values, until the password is right", async () => {
    await using redis = await startRedis();
    const shop = await startShop(redis.url, terms);
    const admin = await connectTo(redis.url);
    for (const _ of rounds) {
      await admin.sendCommand(["CONFIG", "SET", "requirepass", "another"]);
      await admin.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
      await shop.are("stale", RETURN);
      expect([...shop.seen]).toEqual(["a"]);
      await vi.waitFor(() => expect(shop.problems.at(-1)?.message).toMatch(/NOAUTH|WRONGPASS/), {
        timeout: RETURN,
      });
      await admin.sendCommand(["CONFIG", "SET", "requirepass", ""]);
      await obeys(shop);
      shop.seen.clear();
    }
    await shop.end();
  });

  test("its connections cut in the middle of answers: every commit arrives", async () => {
    await using redis = await startRedis();
    const proxy = await startProxy(redis.port);
    onTestFinished(() => proxy.close());
    const shop = await startShop(proxy.url, terms);
    for (const round of Array.from({ length: 5 * terms.rounds }, (_, index) => index)) {
      proxy.cutAnswerAfter(1 + ((7 * round) % 60), 90);
      const { revision } = await shop.commit(round % 2 === 0 ? "b" : "a", redis.url);
      await shop.hold(revision, RETURN);
    }
    expect(shop.seen.has("none")).toBe(false);
    await obeys(shop, redis.url);
    await shop.end();
  });

  test("replaced by a replica 20 commits behind: what it has is obeyed, with a problem", async () => {
    await using redis = await startRedis();
    const proxy = await startProxy(redis.port);
    onTestFinished(() => proxy.close());
    const shop = await startShop(proxy.url, terms);
    await using replica = await startPromoted(redis);
    let last = "";
    for (let index = 0; index < 20; index++) {
      last = (await shop.commit(index % 2 === 0 ? "c" : "b", redis.url)).revision;
    }
    await shop.hold(last, COMMIT);
    proxy.lead(replica.port);
    await redis.kill();
    await shop.serve("a", RETURN);
    await shop.told("DIVERGED", 0);
    await obeys(shop, replica.url);
    await shop.end();
  });

  test("replaced by a replica that is written before anyone is back: its history counts, not its numbers", async () => {
    await using redis = await startRedis();
    const proxy = await startProxy(redis.port);
    onTestFinished(() => proxy.close());
    const shop = await startShop(proxy.url, terms);
    await using replica = await startPromoted(redis);
    const lost = await shop.commit("b", redis.url);
    await shop.hold(lost.revision, COMMIT);
    proxy.lead(1);
    const same = await shop.commit("c", replica.url);
    expect(same.revision).toBe(lost.revision);
    proxy.lead(replica.port);
    await shop.serve("c", RETURN);
    await shop.told("DIVERGED", 0);
    await obeys(shop, replica.url);
    await shop.end();
  });

  test("down at a cold start: defaults, and the flags once it comes", async () => {
    await using redis = await startRedis("--appendonly", "yes");
    const client = await connectTo(redis.url);
    const writer = redisStore({ client, key: "shop" });
    await writer.commit({ ...who, expected: "", flags: { put: { ranking: ranking("a") } } });
    await redis.kill();
    const late = createClient({ url: redis.url });
    late.on("error", () => {});
    onTestFinished(() => late.destroy());
    const connecting = late.connect();
    const source = redisStore({ client: late, key: "shop", ...terms.options });
    const flags = createFlags(definitions, { source });
    onTestFinished(() => flags.close());
    flags.observe({ problem() {} });
    expect(await flags.ready({ timeout: 300 })).toBe(false);
    expect(flags.scope({}).details("ranking")).toMatchObject({
      value: "none",
      errorCode: "PROVIDER_NOT_READY",
    });
    await redis.start();
    expect(await flags.ready({ timeout: RETURN })).toBe(true);
    expect(flags.scope({}).get("ranking")).toBe("a");
    await connecting;
  });
}

function withReseed(terms: ChaosTerms): ChaosTerms {
  return { ...terms, options: { ...terms.options, onDivergence: "reseed" } };
}

function gone({ outage }: Health): boolean {
  return outage?.problem.code === "DIVERGED" && outage.problem.message.includes("are gone");
}

/** What was a replica of a server, and has all that there was, but goes its own way now. */
async function startPromoted({ port }: RedisServer): Promise<RedisServer> {
  const replica = await startRedis("--replicaof", "127.0.0.1", String(port));
  const promoted = await connectTo(replica.url);
  await vi.waitFor(
    async () => expect(await promoted.info("replication")).toContain("master_link_status:up"),
    { timeout: RETURN },
  );
  await promoted.sendCommand(["REPLICAOF", "NO", "ONE"]);
  return replica;
}
