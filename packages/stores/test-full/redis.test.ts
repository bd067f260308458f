import type { FlagDefinition } from "@burgee/core";
import { verifyHistory } from "@burgee/stores/audit";
import { redisStore } from "@burgee/stores/redis";
import { afterAll, describe, expect, test } from "vitest";
import { flagSetWith } from "../test/flag-set-with.js";
import { found, testChaos } from "../test/redis-chaos.js";
import { startRedis } from "../test/redis-server.js";
import { connectTo, openWith } from "../test/redis-shop.js";
import { write } from "../test/redis-writer.js";

// The short form is in test/.
describe("while ten instances serve, with the default options, Redis is", () => {
  testChaos({ instances: 10, rounds: 5, down: 6000 });
  afterAll(() => {
    for (const [what, times] of Object.entries(found)) {
      const [least, most] = [Math.min(...times), Math.max(...times)].map(Math.round);
      console.info({ what, times: times.length, least, most });
    }
  });
});

test("of 8 writers with 200 commits each, none loses an update", async () => {
  await using redis = await startRedis();
  const { store, key, first } = await openWith(redis.url, { flags: {} });
  const [flag] = Object.values(flagSetWith("on").flags) as [FlagDefinition];
  const writers = await Promise.all(
    Array.from({ length: 8 }, async () => redisStore({ client: await connectTo(redis.url), key })),
  );
  const hashes = await Promise.all(
    writers.map((writer, index) => write(writer, `writer-${index}`, 200, first.revision, flag)),
  );
  const { id, flagSet } = await store.read();
  expect(id).toBe(first.revision.replace(/1$/, "1601"));
  expect(Object.keys(flagSet.flags)).toHaveLength(1600);
  const entries = [];
  for await (const entry of store.history()) entries.push(entry);
  expect(entries.pop()).toEqual(first);
  expect(entries).toHaveLength(1600);
  expect(new Set(entries.map(({ hash }) => hash))).toEqual(new Set(hashes.flat()));
  await verifyHistory([...entries, first], { revision: id });
});
