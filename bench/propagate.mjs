import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { burgee } from "./lib/adapters.mjs";
import { atMost, times } from "./lib/bounds.mjs";
import { flagdDefinition } from "./lib/flagd-document.mjs";
import { startRedis } from "./lib/redis-server.mjs";
import { makeFlags } from "./lib/spec.mjs";

export const title = "How long until a commit to Redis is served by 50 instances in two processes?";

export const figures = {
  p50: "median, ms",
  p99: "99 of 100, ms",
  most: "the longest, ms",
  small: "bytes a commit, of 100 flags",
  large: "bytes a commit, of 10,000 flags",
};

export const isFor = (name) => name === burgee;

const processes = 2;
const instances = 25;
const commits = 1000;

export async function measure() {
  const redis = await startRedis();
  const client = createClient({ url: redis.url });
  await client.connect();
  try {
    const small = await bytes(redis, client, 100);
    const large = await bytes(redis, client, 10_000);
    const waits = await propagation(redis, client);
    return { p50: rank(waits, 0.5), p99: rank(waits, 0.99), most: rank(waits, 1), small, large };
  } finally {
    client.destroy();
    await redis.stop();
  }
}

/** How long each commit took to be served by each instance, in milliseconds: from the call on. */
async function propagation(redis, client) {
  const { key, flag, commit } = await seed(client, 10_000);
  const children = await Promise.all(
    Array.from({ length: processes }, () => follow(redis.url, key, instances, flag.key)),
  );
  const waits = [];
  for (let turn = 0; turn < commits; turn++) {
    const value = turn % 2 === 1;
    const served = Promise.all(children.map(message));
    const start = process.hrtime.bigint();
    const { revision } = await commit(value);
    for (const answer of await served) {
      assert.equal(answer.revision, revision);
      assert.equal(answer.value, value, "the instances serve what was committed");
      waits.push(...answer.times.map((at) => Number(BigInt(at) - start) / 1e6));
    }
  }
  await Promise.all(children.map(leave));
  assert.equal(waits.length, processes * instances * commits);
  return waits;
}

/** What a commit sends, to Redis and from there to ten instances, in bytes. */
async function bytes(redis, client, count) {
  const { key, flag, commit } = await seed(client, count);
  const child = await follow(redis.url, key, 10, flag.key);
  const before = await traffic(client);
  for (let turn = 0; turn < 100; turn++) {
    const served = message(child);
    await commit(turn % 2 === 1);
    await served;
  }
  const sent = (await traffic(client)) - before;
  await leave(child);
  return sent / 100;
}

async function traffic(client) {
  const stats = await client.info("stats");
  const [input, output] = ["input", "output"].map((way) =>
    Number(new RegExp(`total_net_${way}_bytes:(\\d+)`).exec(stats)[1]),
  );
  return input + output;
}

/** A flag set of that many flags in Redis, and how its first is changed. */
async function seed(client, count) {
  const flags = makeFlags(count);
  const [flag] = flags;
  const key = `of-${count}-flags-${process.pid}-${Math.random()}`;
  const store = redisStore({ client, key });
  const who = { actor: "bench", reason: "how long does it take?" };
  const put = Object.fromEntries(flags.map((each) => [each.key, flagdDefinition(each)]));
  const first = await store.commit({ ...who, kind: "seed", expected: "", flags: { put } });
  let expected = first.revision;
  return {
    key,
    flag,
    async commit(value) {
      const changed = { ...flagdDefinition(flag), defaultVariant: String(value) };
      const change = { ...who, kind: "manual", expected, flags: { put: { [flag.key]: changed } } };
      const entry = await store.commit(change);
      expected = entry.revision;
      return entry;
    },
  };
}

/** A process with instances that follow a flag set. */
async function follow(url, key, count, flag) {
  const program = new URL("lib/subscribers.mjs", import.meta.url);
  const child = fork(program, [url, key, String(count), flag], { execArgv: [] });
  await message(child);
  return child;
}

/** What a process says next. */
function message(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a process of instances has ended with ${code}`));
    child.once("exit", ended).once("message", (said) => {
      child.off("exit", ended);
      resolve(said);
    });
  });
}

async function leave(child) {
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}

/** The value that a share of them does not exceed. */
function rank(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  return [
    atMost("a commit, served by 50 instances: 99 of 100", "ms", ours?.p99, 50),
    atMost(
      "bytes a commit: as of a set of 100 flags",
      "bytes",
      ours?.large,
      times(1.05, ours?.small),
    ),
  ];
}
