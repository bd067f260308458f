import { createFlags, defineFlags, type Flags } from "@burgee/core";
import { redisStore } from "@burgee/stores/redis";
import { onTestFinished } from "vitest";
import type { RedisShop } from "./redis.js";

const definitions = defineFlags({ "new-checkout": { default: false } });

/** Starts an instance of the application, which follows that store until the test has finished. */
export async function startInstance(
  { client }: RedisShop,
  instance: string,
): Promise<Flags<typeof definitions>> {
  const flags = createFlags(definitions, { source: redisStore({ client, key: "shop", instance }) });
  onTestFinished(() => flags.close());
  await flags.ready();
  return flags;
}
