import type { FlagDefinition } from "@burgee/core";
import { type RedisStore, redisStore } from "@burgee/stores/redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { listen } from "./events.js";
import { flagSetWith } from "./flag-set-with.js";
import { startProxy } from "./redis-proxy.js";
import { type RedisServer, startRedis } from "./redis-server.js";
import { connectTo, openWith, who } from "./redis-shop.js";

const [off] = Object.values(flagSetWith("off").flags) as [FlagDefinition];
const on = { ...off, defaultVariant: "on" };
const junk = Buffer.alloc(100_000_000, "x");

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(() => redis[Symbol.asyncDispose]());

/** An instance behind the proxy that holds three flags, and missed a commit of all of them. */
async function behind() {
  const proxy = await startProxy(redis.port);
  onTestFinished(() => proxy.close());
  const flags = { first: off, second: off, third: off };
  const { client, key, store, first } = await openWith(redis.url, { flags });
  const own = redisStore({ client: await connectTo(redis.url), key, timeout: 5000 });
  const follower = redisStore({ client: await connectTo(proxy.url), key, timeout: 5000 });
  const told = listen(follower);
  onTestFinished(told.stop);
  await told.until(() => told.revisions.length === 1);
  proxy.lead(1);
  const put = { first: on, second: on, third: on };
  const { revision } = await store.commit({ ...who, expected: first.revision, flags: { put } });
  const field = (name: string, value: string | Buffer) =>
    client.sendCommand(["HSET", `{${key}}:flags`, name, value]);
  return { client, key, proxy, own, told, revision, field };
}

const faults: [string, string | Buffer][] = [
  ["that is not JSON", "{"],
  ["that is empty", ""],
  ["that is no flag", "[]"],
  ["that is null", "null"],
  ["with a fault", JSON.stringify({ ...on, defaultVariant: "blue" })],
  ["without variants", '{"state":"ENABLED","variants":{}}'],
  ["that reaches for a prototype", '{"__proto__":{"state":"ENABLED"}}'],
  ["of 2 MB", junk.subarray(0, 2_000_000)],
  ["of 100 MB", junk],
  ["of bytes that are no text", Buffer.from([0xff, 0xfe, 0x00])],
];

describe.each(faults)("a field %s", (_, value) => {
  test("keeps its last good form; a problem names it, and the others are served", async () => {
    const { told, field, proxy, revision } = await behind();
    await field("second", value);
    const { received } = proxy;
    proxy.lead(redis.port);
    await vi.waitFor(() => expect(told.revisions.at(-1)?.id).toBe(revision), { timeout: 5000 });
    expect(told.revisions.at(-1)?.flagSet.flags).toEqual({ first: on, second: off, third: on });
    const faulty = told.problems.filter(({ message }) => message.includes("INVALID"));
    expect(faulty).toMatchObject([{ code: "INVALID_FLAG_SET", flag: "second" }]);
    expect(proxy.received - received).toBeLessThan(100_000);
  });

  test("counts as absent where there was no good form; mended by a commit, it is there", async () => {
    const { key, own, field, revision } = await behind();
    await field("second", value);
    expect((await own.read()).flagSet.flags).toEqual({ first: on, third: on });
    const told = listen(redisStore({ client: await connectTo(redis.url), key, timeout: 5000 }));
    await told.until(() => told.problems.length === 1);
    expect(told.revisions[0]?.flagSet.flags).toEqual({ first: on, third: on });
    expect(told.problems).toMatchObject([{ code: "INVALID_FLAG_SET", flag: "second" }]);
    const entry = await own.commit({ ...who, expected: revision, flags: { put: { second: on } } });
    expect(entry.flags).toEqual({ second: { after: on } });
    await told.until(() => told.revisions.length === 2);
    expect(told.revisions[1]?.flagSet.flags["second"]).toEqual(on);
    told.stop();
  });
});

test("where all is read again, too, a faulty flag keeps its last good form", async () => {
  const { client, key, told, field, proxy, revision } = await behind();
  await field("second", "{");
  await client.del(`{${key}}:chain`);
  proxy.lead(redis.port);
  await vi.waitFor(() => expect(told.revisions.at(-1)?.id).toBe(revision), { timeout: 5000 });
  expect(told.revisions.at(-1)?.delta).toBeUndefined();
  expect(told.revisions.at(-1)?.flagSet.flags).toEqual({ first: on, second: off, third: on });
});

test("a lower number is a divergence, also where there is no chain to tell", async () => {
  const { client, key, store, first } = await openWith(redis.url, flagSetWith("on"));
  const told = listen(store);
  const { revision } = await put(store, first.revision);
  await told.until(() => told.revisions.at(-1)?.id === revision);
  await client.del(`{${key}}:chain`);
  await client.hSet(`{${key}}:head`, { revision: first.revision, hash: first.hash });
  await store.refresh();
  expect(told.revisions.at(-1)?.id).toBe(first.revision);
  expect(told.problems).toMatchObject([{ code: "DIVERGED" }]);
  told.stop();
});

test("100 MB of junk in many fields: the small ones are served, and problems name the others", async () => {
  const { key, field } = await behind();
  const client = await connectTo(redis.url);
  for (let index = 0; index < 120; index++) await field(`junk-${index}`, junk.subarray(0, 900_000));
  const follower = redisStore({ client, key, maxBytes: 10_000_000 });
  const told = listen(follower);
  await vi.waitFor(() => expect(told.revisions).toHaveLength(1), { timeout: 10_000 });
  expect(told.revisions[0]?.flagSet.flags).toEqual({ first: on, second: on, third: on });
  expect(told.problems.length).toBeGreaterThan(100);
  told.stop();
}, 20_000);

test.each([
  ["of 100,000 characters", "k".repeat(100_000)],
  ["that is no text", Buffer.from([0xc3, 0x28])],
  ["of a prototype", "__proto__"],
  ["of a method", "toString"],
  ["with line ends and Lua in it", "x\r\nHDEL') redis.call('FLUSHALL"],
])("a flag of a name %s harms none of the others", async (_, name) => {
  const { key, client, told, proxy, revision } = await behind();
  await client.sendCommand(["HSET", `{${key}}:flags`, name, JSON.stringify(on)]);
  proxy.lead(redis.port);
  await vi.waitFor(() => expect(told.revisions.at(-1)?.id).toBe(revision), { timeout: 5000 });
  expect(told.revisions.at(-1)?.flagSet.flags).toEqual({ first: on, second: on, third: on });
  const { flagSet } = await redisStore({ client: await connectTo(redis.url), key }).read();
  const { first, second, third } = flagSet.flags;
  expect([first, second, third]).toEqual([on, on, on]);
  expect(Object.getPrototypeOf(flagSet.flags)).toBe(Object.prototype);
});

test("a shared rule and a fact that are faulty are left out, and named", async () => {
  const { client, key } = await openWith(redis.url, {
    ...flagSetWith("on"),
    $evaluators: { staff: { var: "staff" } },
    metadata: { version: "1" },
  });
  await client.hSet(`{${key}}:evaluators`, "broken", "{");
  await client.hSet(`{${key}}:metadata`, "deep", "{}");
  const told = listen(redisStore({ client: await connectTo(redis.url), key }));
  await told.until(() => told.problems.length === 2);
  expect(told.revisions[0]?.flagSet).toEqual({
    ...flagSetWith("on"),
    $evaluators: { staff: { var: "staff" } },
    metadata: { version: "1" },
  });
  expect(told.problems.map(({ message }) => message).join()).toMatch(/"broken".*"deep"/);
  told.stop();
});

test.each([
  ["head", "a text where a hash should be"],
  ["flags", "a text where a hash should be"],
])("the key %s of another type is a problem, and what is held stays", async (name, text) => {
  const { client, key, store, first } = await openWith(redis.url, flagSetWith("on"));
  const told = listen(store);
  await told.until(() => told.revisions.length === 1);
  await client.set(`{${key}}:${name}`, text);
  await store.refresh();
  expect(told.problems.at(-1)).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  await expect(
    store.commit({ ...who, expected: first.revision, flags: { put: { another: on } } }),
  ).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  expect(told.revisions).toHaveLength(1);
  told.stop();
});

test.each(["chain", "changed", "audit", "evaluators"])(
  "where the key %s is of another type, a commit fails, and writes nothing",
  async (name) => {
    const { client, key, store, first } = await openWith(redis.url, flagSetWith("on"));
    await client.set(`{${key}}:${name}`, "a text");
    await expect(put(store, first.revision)).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(await client.hGet(`{${key}}:head`, "revision")).toBe(first.revision);
    expect(await client.hLen(`{${key}}:flags`)).toBe(1);
  },
);

test("flags that were evicted are not an empty flag set, and can be written again", async () => {
  const { client, key, store, first } = await openWith(redis.url, flagSetWith("on"));
  const told = listen(store);
  await told.until(() => told.revisions.length === 1);
  await client.del(`{${key}}:flags`);
  await store.refresh();
  expect(told.problems).toMatchObject([{ code: "DIVERGED" }]);
  const fresh = redisStore({ client: await connectTo(redis.url), key });
  await expect(fresh.read()).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  await expect(put(fresh, first.revision)).rejects.toMatchObject({ code: "REVISION_CONFLICT" });
  const entry = await put(fresh, "");
  expect(entry.revision).toMatch(/:2$/);
  expect(entry.previous).toBe(first.hash);
  await told.until(() => told.revisions.at(-1)?.id === entry.revision);
  told.stop();
});

function put(store: RedisStore, expected: string) {
  return store.commit({ ...who, expected, flags: { put: { another: on } } });
}

test("what was written since is newer than what is held: it is not reseeded over", async () => {
  const proxy = await startProxy(redis.port);
  onTestFinished(() => proxy.close());
  const { client, key, store } = await openWith(redis.url, flagSetWith("on"));
  const follower = redisStore({
    client: await connectTo(proxy.url),
    key,
    onDivergence: "reseed",
  });
  const told = listen(follower);
  await told.until(() => told.revisions.length === 1);
  proxy.lead(1);
  await client.del(await client.keys(`{${key}}:*`));
  const { revision } = await put(store, "");
  proxy.lead(redis.port);
  await vi.waitFor(() => expect(told.revisions.at(-1)?.id).toBe(revision), { timeout: 3000 });
  expect(told.revisions.at(-1)?.flagSet.flags).toEqual({ another: on });
  expect(told.problems.map(({ message }) => message).join()).toContain("DIVERGED");
  expect((await store.read()).id).toBe(revision);
  told.stop();
});

test("a flag set whose last flag is removed is an empty one, and is served", async () => {
  const { store, first } = await openWith(redis.url, flagSetWith("on"));
  const told = listen(store);
  await told.until(() => told.revisions.length === 1);
  await store.commit({
    ...who,
    expected: first.revision,
    flags: { remove: ["new-checkout"] },
  });
  await told.until(() => told.revisions.length === 2);
  expect(told.revisions[1]?.flagSet.flags).toEqual({});
  expect(told.problems).toEqual([]);
  told.stop();
});

test("a message that is none of ours makes it look, and harms nothing", async () => {
  const { client, key, store } = await openWith(redis.url, flagSetWith("on"));
  const told = listen(store);
  await told.until(() => told.revisions.length === 1);
  const { verified } = told;
  for (const message of ["", "{", "null", '{"revision":{}}', "x".repeat(1_000_000)]) {
    await client.publish(`{${key}}:revisions`, message);
  }
  await told.until(() => told.verified > verified);
  expect(told.problems).toEqual([]);
  expect(told.revisions).toHaveLength(1);
  told.stop();
});

test.each([
  ["a name that is no text", { "\ud800": on }],
  ["a name of 20,000 bytes", { ["k".repeat(20_000)]: on }],
  ["a flag of two megabytes", { large: { ...on, metadata: { note: "x".repeat(2_000_000) } } }],
])("%s is not written, for it could not be read", async (_, flags) => {
  const { store, first } = await openWith(redis.url, flagSetWith("on"));
  const commit = store.commit({ ...who, expected: first.revision, flags: { put: flags } });
  await expect(commit).rejects.toMatchObject({ code: "INVALID_FLAG_SET" });
  expect((await store.read()).id).toBe(first.revision);
});
