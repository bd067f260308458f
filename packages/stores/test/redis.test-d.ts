import type { FlagStore } from "@burgee/core";
import { type RedisClient, redisStore } from "@burgee/stores/redis";
import { createClient, createClientPool, createCluster } from "redis";
import { expectTypeOf, test } from "vitest";

test("takes the clients that createClient makes, whatever their options are", () => {
  expectTypeOf(createClient()).toExtend<RedisClient>();
  expectTypeOf(createClient({ RESP: 2 })).toExtend<RedisClient>();
  expectTypeOf(createClient({ RESP: 3 }).withTypeMapping({ 36: Buffer })).toExtend<RedisClient>();
});

test("takes no cluster and no pool", () => {
  expectTypeOf(createCluster({ rootNodes: [] })).not.toExtend<RedisClient>();
  expectTypeOf(createClientPool()).not.toExtend<RedisClient>();
});

test("is a store, and a source that refreshes", () => {
  const store = redisStore({ client: createClient(), key: "shop" });
  expectTypeOf(store).toExtend<FlagStore>();
  expectTypeOf(store.refresh).returns.resolves.toBeVoid();
  expectTypeOf(store.fleet).returns.resolves.items.toHaveProperty("revision");
});
