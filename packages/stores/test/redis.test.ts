import { readFileSync } from "node:fs";
import { createFlags, defineFlags, type FlagDefinition } from "@burgee/core";
import { verifyHistory } from "@burgee/stores/audit";
import { type RedisStore, redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { testSource, testStore } from "./contract.js";
import { listen } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";
import { startProxy } from "./redis-proxy.js";
import { type RedisServer, startRedis } from "./redis-server.js";
import { connectTo, openAt, openWith, who } from "./redis-shop.js";
import { write } from "./redis-writer.js";

const on = flagSetWith("on").flags;
const [flag] = Object.values(on) as [FlagDefinition];

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(() => redis[Symbol.asyncDispose]());

describe("a source", () => {
  testSource(async (flagSet) => {
    const { store } = await openWith(redis.url, flagSet);
    return {
      source: store,
      async change({ flags }) {
        await store.commit({ expected: (await store.read()).id, flags: { put: flags }, ...who });
      },
    };
  });
});

describe("a store", () => {
  testStore(async ({ flagSet, auditKey }) => {
    const signed = auditKey === undefined ? {} : { auditKey };
    const { store, key } = await openWith(redis.url, flagSet, signed);
    return { store, other: redisStore({ client: await connectTo(redis.url), key, ...signed }) };
  });
});

describe.each([
  ["of RESP2", () => createClient({ url: redis.url, RESP: 2 })],
  [
    "that maps texts to buffers",
    () => createClient({ url: redis.url, commandOptions: { typeMapping: { 36: Buffer } } }),
  ],
])("over a client %s", (_, create) => {
  test("it reads, writes and follows", async () => {
    const client = create();
    onTestFinished(() => client.destroy());
    await client.connect();
    const { key } = await openWith(redis.url, flagSetWith("off"));
    const store = redisStore({ client, key });
    const told = listen(store);
    await told.until(() => told.revisions.length === 1);
    const entry = await store.commit({
      ...who,
      expected: (await store.read()).id,
      flags: { put: on },
    });
    await told.until(() => told.revisions.at(-1)?.id === entry.revision);
    const history = [];
    for await (const each of store.history()) history.push(each);
    expect(history).toHaveLength(2);
    told.stop();
  });
});

test("the first commit expects no revision, and makes a lineage", async () => {
  const { store } = await openAt(redis.url);
  await expect(store.read()).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE", revision: "" });
  const first = await store.commit({ ...who, expected: "", flags: { put: on } });
  expect(first.revision).toMatch(/^[0-9a-f]{12}:1$/);
  expect(first.previous).toBe("");
  const second = await store.commit({ ...who, expected: first.revision, metadata: { v: 1 } });
  expect(second.revision).toBe(first.revision.replace(/1$/, "2"));
  const late = store.commit({ ...who, expected: "", flags: { put: on } });
  await expect(late).rejects.toMatchObject({
    code: "REVISION_CONFLICT",
    revision: second.revision,
  });
});

test("all that is kept has one hash tag, so that it stays in one slot", async () => {
  const { client, key, store } = await openWith(redis.url, {
    ...flagSetWith("off"),
    $evaluators: { staff: { var: "staff" } },
    metadata: { version: "1" },
  });
  const told = listen(store);
  await vi.waitFor(async () => expect(await store.fleet()).toHaveLength(1));
  const keys = await client.keys(`*${key}*`);
  expect(keys.every((each) => each.startsWith(`{${key}}:`))).toBe(true);
  expect(keys).toHaveLength(8);
  told.stop();
});

test("a change is pushed: no one waits for a lifetime to end, and nothing is scanned", async () => {
  const { key, store } = await openWith(redis.url, flagSetWith("off"));
  const admin = await connectTo(redis.url);
  await admin.configResetStat();
  const instances = await Promise.all(
    Array.from({ length: 5 }, async () =>
      redisStore({ client: await connectTo(redis.url), key, poll: 3_600_000 }),
    ),
  );
  const told = instances.map(listen);
  for (const each of told) await each.until(() => each.revisions.length === 1);
  const { revision } = await store.commit({
    ...who,
    expected: (await store.read()).id,
    flags: { put: on },
  });
  for (const each of told) await each.until(() => each.revisions.at(-1)?.id === revision);
  for (const { stop } of told) stop();
  expect(await admin.info("commandstats")).not.toMatch(/cmdstat_(scan|hscan|keys|get):/);
});

test("a message names the revision and what was changed, and says nothing of how", async () => {
  const { client, key, store, first } = await openWith(redis.url, flagSetWith("off"));
  const listener = client.duplicate();
  await listener.connect();
  onTestFinished(() => listener.destroy());
  const messages: string[] = [];
  await listener.subscribe(`{${key}}:revisions`, (message) => messages.push(message));
  const { revision } = await store.commit({
    ...who,
    expected: first.revision,
    flags: { put: on },
    evaluators: { put: { staff: { var: "staff" } } },
  });
  await vi.waitFor(() => expect(messages).toHaveLength(1));
  expect(JSON.parse(messages[0] ?? "")).toEqual({
    revision,
    flags: ["new-checkout"],
    evaluators: ["staff"],
    metadata: false,
  });
});

test("what was not pushed is noticed by the next poll, which also verifies what is held", async () => {
  const { client, key, first } = await openWith(redis.url, flagSetWith("off"));
  const mute = Object.create(client, {
    sendCommand: {
      value: (args: readonly string[], options: object) =>
        client.sendCommand(
          args.map((arg) => (arg === `{${key}}:revisions` ? "elsewhere" : arg)),
          options,
        ),
    },
  }) as typeof client;
  const told = listen(redisStore({ client, key, poll: 50 }));
  await told.until(() => told.verified > 2);
  expect(told.revisions).toHaveLength(1);
  const { revision } = await redisStore({ client: mute, key }).commit({
    ...who,
    expected: first.revision,
    flags: { put: on },
  });
  await told.until(() => told.revisions.at(-1)?.id === revision);
  told.stop();
});

test("scripts that Redis has forgotten are sent again", async () => {
  const { client, store, first } = await openWith(redis.url, flagSetWith("off"));
  const told = listen(store);
  await told.until(() => told.revisions.length === 1);
  await client.scriptFlush();
  await store.commit({ ...who, expected: first.revision, flags: { put: on } });
  await told.until(() => told.revisions.length === 2);
  expect(told.problems).toEqual([]);
  told.stop();
});

test("subscribers fetch what was changed, however much there is besides", async () => {
  const proxy = await startProxy(redis.port);
  onTestFinished(() => proxy.close());
  const many = Array.from({ length: 2000 }, (_, index) => [`flag-${index}`, flag]);
  const { key, store, first } = await openWith(redis.url, { flags: Object.fromEntries(many) });
  const told = listen(redisStore({ client: await connectTo(proxy.url), key }));
  await told.until(() => told.revisions.length === 1);
  await vi.waitFor(async () => expect(await store.fleet()).toHaveLength(1));
  const before = proxy.received;
  await store.commit({ ...who, expected: first.revision, flags: { put: on, remove: ["flag-1"] } });
  await told.until(() => told.revisions.length === 2);
  expect(proxy.received - before).toBeLessThan(1500);
  expect(told.revisions[1]?.delta).toEqual({
    from: first.revision,
    flags: { put: on, remove: ["flag-1"] },
    evaluators: { put: {}, remove: [] },
  });
  expect(Object.keys(told.revisions[1]?.flagSet.flags ?? {})).toHaveLength(2000);
  expect(Object.keys(told.revisions[0]?.flagSet.flags ?? {})).toHaveLength(2000);
  expect(told.revisions[0]?.flagSet.flags["flag-1"]).toEqual(flag);
  told.stop();
});

test("of 8 writers with 25 commits each, none loses an update", async () => {
  const { store, key, first } = await openWith(redis.url, { flags: {} });
  const writers = await Promise.all(
    Array.from({ length: 8 }, async () => redisStore({ client: await connectTo(redis.url), key })),
  );
  await Promise.all(
    writers.map((writer, index) => write(writer, `writer-${index}`, 25, first.revision, flag)),
  );
  const { id, flagSet } = await store.read();
  expect(id).toBe(first.revision.replace(/1$/, "201"));
  expect(Object.keys(flagSet.flags)).toHaveLength(200);
  const entries = [];
  for await (const entry of store.history()) entries.push(entry);
  expect(entries).toHaveLength(201);
  await verifyHistory(entries, { revision: id });
});

test("a commit follows the audit entry that it was made after, or it is not made", async () => {
  const { client, key, first } = await openWith(redis.url, flagSetWith("off"));
  const meddling = Object.create(client, {
    sendCommand: {
      async value(args: readonly string[], options: object) {
        const commits = args.some((arg) => arg.includes("a reason of its own"));
        if (commits) await client.hSet(`{${key}}:head`, "hash", "another");
        return client.sendCommand([...args], options);
      },
    },
  }) as typeof client;
  const commit = redisStore({ client: meddling, key }).commit({
    ...who,
    reason: "a reason of its own",
    expected: first.revision,
    flags: { put: on },
  });
  await expect(commit).rejects.toMatchObject({ code: "REVISION_CONFLICT" });
  expect((await redisStore({ client, key }).read()).id).toBe(first.revision);
});

test("the fleet says which instance holds which revision, until it leaves", async () => {
  const { client, key, store, first } = await openWith(redis.url, flagSetWith("off"), {
    instance: "b",
  });
  const other = redisStore({ client: await connectTo(redis.url), key, instance: "a", poll: 50 });
  expect(await store.fleet()).toEqual([]);
  const told = [listen(store), listen(other)];
  const { revision } = first;
  const at = expect.any(Number);
  await vi.waitFor(async () =>
    expect(await store.fleet()).toEqual([
      { instance: "a", revision, at },
      { instance: "b", revision, at },
    ]),
  );
  const entry = await store.commit({ ...who, expected: revision, flags: { put: on } });
  await vi.waitFor(async () =>
    expect(await other.fleet()).toContainEqual({ instance: "a", revision: entry.revision, at }),
  );
  expect(await client.zCard(`{${key}}:fleet`)).toBe(2);
  await client.zAdd(`{${key}}:fleet`, [
    { score: 1, value: '["gone","x:1",30000]' },
    { score: Number.MAX_SAFE_INTEGER, value: "none of ours" },
  ]);
  expect((await other.fleet()).map(({ instance }) => instance)).toEqual(["a", "b"]);
  for (const { stop } of told) stop();
  await vi.waitFor(async () => expect(await store.fleet()).toEqual([]));
});

test("opens no connection before the first subscriber, and leaves none after the last", async () => {
  const admin = await connectTo(redis.url);
  const client = await connectTo(redis.url);
  const key = "sockets";
  const connections = async () =>
    (await admin.clientList()).filter(({ name }) => name === "of-the-test").length;
  const named = client.duplicate({ name: "of-the-test" });
  const store = redisStore({ client: named, key });
  createFlags(defineFlags({ beta: { default: false } }), { source: store });
  expect(await connections()).toBe(0);
  const told = [listen(store), listen(store)];
  await vi.waitFor(async () => expect(await connections()).toBe(1));
  told[0]?.stop();
  expect(await connections()).toBe(1);
  told[1]?.stop();
  await vi.waitFor(async () => expect(await connections()).toBe(0));
  expect(named.listenerCount("error")).toBe(0);
});

test("who leaves while it connects leaves no connection", async () => {
  const admin = await connectTo(redis.url);
  const client = (await connectTo(redis.url)).duplicate({ name: "hasty" });
  const store = redisStore({ client, key: "hasty" });
  const connections = async () =>
    (await admin.clientList()).filter(({ name }) => name === "hasty").length;
  for (let index = 0; index < 20; index++) {
    const told = listen(store);
    if (index % 2 === 0) await new Promise((resolve) => setTimeout(resolve, index));
    told.stop();
  }
  await vi.waitFor(async () => expect(await connections()).toBe(0));
  const told = listen(store);
  await vi.waitFor(async () => expect(await connections()).toBe(1));
  told.stop();
  await vi.waitFor(async () => expect(await connections()).toBe(0));
});

test("a client that is not connected is a clear error, and its errors are contained", async () => {
  const { key } = await openWith(redis.url, flagSetWith("off"));
  const client = createClient({ url: redis.url });
  const store = redisStore({ client, key });
  const unconnected = { code: "SOURCE_UNAVAILABLE", message: /await client\.connect\(\)/ };
  for (const call of [
    () => store.read(),
    () => store.commit({ ...who, expected: "", flags: { put: on } }),
    () => store.fleet(),
    () => store.history()[Symbol.asyncIterator]().next(),
  ]) {
    const { code, message } = await Promise.resolve(call()).catch((error) => error);
    expect({ code, message }).toEqual({
      code: unconnected.code,
      message: expect.stringMatching(unconnected.message),
    });
  }
  const told = listen(store);
  await told.until(() => told.revisions.length === 1);
  client.emit("error", new Error("the network is down"));
  expect(told.problems).toEqual([]);
  told.stop();
  expect(client.listenerCount("error")).toBe(0);
});

test("what is safe is tried again where a connection is cut: a read, and what a commit reads first", async () => {
  const proxy = await startProxy(redis.port);
  onTestFinished(() => proxy.close());
  const { key, first } = await openWith(redis.url, flagSetWith("off"));
  const store = redisStore({ client: await connectTo(proxy.url), key });
  proxy.cut();
  expect((await store.read()).id).toBe(first.revision);
  proxy.cutAnswerTo("EVALSHA");
  const { revision } = await store.commit({
    ...who,
    expected: first.revision,
    flags: { put: on },
  });
  proxy.cutAnswerTo("XREVRANGE");
  const { value } = await store.history()[Symbol.asyncIterator]().next();
  expect(value).toMatchObject({ revision });
});

describe("a commit that nobody answers", () => {
  test("and that was made is answered once that is known", async () => {
    const proxy = await startProxy(redis.port);
    onTestFinished(() => proxy.close());
    const { key, first, store: witness } = await openWith(redis.url, flagSetWith("off"));
    const store = redisStore({ client: await connectTo(proxy.url), key });
    proxy.cutAnswerTo("a reason of its own");
    const commit = store.commit({
      ...who,
      reason: "a reason of its own",
      expected: first.revision,
      flags: { put: on },
    });
    const entry = await commit;
    expect((await witness.read()).id).toBe(entry.revision);
    const entries = [];
    for await (const each of witness.history()) entries.push(each.hash);
    expect(entries).toEqual([entry.hash, first.hash]);
  });

  test("and that was not made is an error, and nothing was written", async () => {
    const proxy = await startProxy(redis.port);
    onTestFinished(() => proxy.close());
    const { key, first, store: witness } = await openWith(redis.url, flagSetWith("off"));
    const store = redisStore({ client: await connectTo(proxy.url), key });
    proxy.cutCommand("a reason of its own");
    const commit = store.commit({
      ...who,
      reason: "a reason of its own",
      expected: first.revision,
      flags: { put: on },
    });
    await expect(commit).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining("Nothing was written"),
    });
    expect((await witness.read()).id).toBe(first.revision);
  });

  test("and that nobody can tell of is an error that says so", async () => {
    const proxy = await startProxy(redis.port);
    const { key, first } = await openWith(redis.url, flagSetWith("off"));
    const store = redisStore({ client: await connectTo(proxy.url), key, timeout: 300 });
    await store.read();
    const commit = store.commit({ ...who, expected: first.revision, flags: { put: on } });
    commit.catch(() => {});
    await proxy.close();
    await expect(commit).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  }, 10_000);
});

test("a revision that was read is another one after a fail-over, whatever its number", async () => {
  const { client, key, store, first } = await openWith(redis.url, flagSetWith("off"));
  const keys = await client.keys(`{${key}}:*`);
  const dumps = await Promise.all(
    keys.map((each) => client.withTypeMapping({ 36: Buffer }).dump(each)),
  );
  const lost = await store.commit({ ...who, expected: first.revision, flags: { put: on } });
  expect((await store.read()).id).toBe(lost.revision);
  await client.del([...keys, `{${key}}:changed`]);
  for (const [index, each] of keys.entries()) {
    await client.sendCommand(["RESTORE", each, "0", dumps[index] as Buffer]);
  }
  const other = redisStore({ client: await connectTo(redis.url), key });
  const metadata = { written: "since" };
  const since = await other.commit({ ...who, expected: first.revision, metadata });
  expect(since.revision).toBe(lost.revision);
  const commit = store.commit({ ...who, expected: lost.revision, flags: { put: on } });
  await expect(commit).rejects.toMatchObject({ code: "REVISION_CONFLICT" });
  expect((await store.read()).flagSet.metadata).toEqual(metadata);
  await store.commit({ ...who, expected: since.revision, flags: { put: on } });
});

test("the rights that the guide names are enough, and those of a follower do not write", async () => {
  const { client, key, first } = await openWith(redis.url, flagSetWith("off"));
  const guide = readFileSync(new URL("../../../docs/guides/redis.md", import.meta.url), "utf8");
  const rules = [...guide.matchAll(/^ACL SETUSER (\w+) (.*)$/gm)];
  expect(rules.map(([, name]) => name)).toEqual(["follower", "writer"]);
  const stores = [];
  for (const [, name = "", rights = ""] of rules) {
    const own = rights.replaceAll("shop-production", key).replace(">…", ">secret");
    await client.sendCommand(["ACL", "SETUSER", name, ...own.split(" ")]);
    const user = createClient({ url: redis.url.replace("//", `//${name}:secret@`) });
    onTestFinished(() => user.destroy());
    await user.connect();
    stores.push(redisStore({ client: user, key, instance: name }));
  }
  const [follower, writer] = stores as [RedisStore, RedisStore];
  const told = [listen(follower), listen(writer)];
  for (const each of told) await each.until(() => each.revisions.length === 1);
  await vi.waitFor(async () => expect(await follower.fleet()).toHaveLength(2));
  const change = { ...who, expected: first.revision, flags: { put: on } };
  await expect(follower.commit(change)).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
  const { revision } = await writer.commit(change);
  for (const each of told) await each.until(() => each.revisions.at(-1)?.id === revision);
  for await (const entry of follower.history({ limit: 1 })) expect(entry.revision).toBe(revision);
  for (const each of told) expect(each.problems).toEqual([]);
  for (const { stop } of told) stop();
});

test("as many audit entries are kept as asked for; who missed more reads all again", async () => {
  const proxy = await startProxy(redis.port);
  onTestFinished(() => proxy.close());
  const { key, store, first } = await openWith(redis.url, flagSetWith("off"), { auditEntries: 5 });
  const told = listen(redisStore({ client: await connectTo(proxy.url), key }));
  await told.until(() => told.revisions.length === 1);
  proxy.lead(1);
  let expected = first.revision;
  for (let index = 0; index < 8; index++) {
    const put = { [`flag-${index}`]: flag };
    expected = (await store.commit({ ...who, expected, flags: { put } })).revision;
  }
  proxy.lead(redis.port);
  await vi.waitFor(() => expect(told.revisions.at(-1)?.id).toBe(expected), { timeout: 3000 });
  told.stop();
  expect(Object.keys(told.revisions.at(-1)?.flagSet.flags ?? {})).toHaveLength(9);
  expect(told.problems.map((problem) => (problem as { code?: string }).code)).not.toContain(
    "DIVERGED",
  );
  const entries = [];
  for await (const entry of store.history()) entries.push(entry);
  expect(entries).toHaveLength(5);
  await verifyHistory(entries, { revision: expected, after: entries.at(-1)?.previous ?? "" });
}, 10_000);

test.each<[string, object]>([
  ["a key with braces", { key: "{shop}" }],
  ["no key", { key: "" }],
  ["a poll of no time", { poll: 0 }],
  ["a timeout that is a text", { timeout: "2s" }],
  ["another onDivergence", { onDivergence: "ignore" }],
  ["something else as client", { client: {} }],
])("%s is refused at once", (_, options) => {
  const client = createClient({ url: redis.url });
  const call = () => redisStore({ client, key: "shop", ...options });
  expect(call).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
});
