import type { FlagSet } from "@burgee/core";
import { type RedisClient, type RedisStore, redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { onTestFinished } from "vitest";
import { type RedisServer, startRedis } from "../../stores/test/redis-server.js";

/** A Redis of the test's own, with a store of these flags in it. */
export interface RedisShop {
  readonly server: RedisServer;
  readonly store: RedisStore;
  readonly client: RedisClient;
  /** The options that name it: `--store … --key …`. */
  readonly options: readonly string[];
}

/** Starts it; it is gone when the test has finished. @param flagSet what it holds at first; nothing if absent */
export async function openRedis(flagSet?: FlagSet): Promise<RedisShop> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const client = createClient({ url: server.url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  const store = redisStore({ client, key: "shop" });
  if (flagSet !== undefined) {
    const { flags, $evaluators, metadata } = flagSet;
    await store.commit({
      expected: "",
      flags: { put: flags },
      ...($evaluators && { evaluators: { put: $evaluators } }),
      ...(metadata && { metadata }),
      actor: "ada",
      reason: "the first flags",
      kind: "seed",
    });
  }
  return { server, store, client, options: ["--store", server.url, "--key", "shop"] };
}
