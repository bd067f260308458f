import type { FlagSet } from "@burgee/core";
import { type RedisStoreOptions, redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { onTestFinished } from "vitest";

export const who = { actor: "ada", reason: "a test", kind: "release" } as const;

/** A client of the test's, connected; it is destroyed when the test has finished. */
export async function connectTo(url: string) {
  const client = createClient({ url });
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  await client.connect();
  return client;
}

let sets = 0;

/** A store of a key of its own, with nothing in it. */
export async function openAt(url: string, options: Partial<RedisStoreOptions> = {}) {
  const client = await connectTo(url);
  const key = options.key ?? `set-${++sets}`;
  return { client, key, store: redisStore({ client, ...options, key }) };
}

/** A store of a key of its own, with these flags in it. */
export async function openWith(
  url: string,
  { flags, $evaluators, metadata }: FlagSet,
  options: Partial<RedisStoreOptions> = {},
) {
  const opened = await openAt(url, options);
  const first = await opened.store.commit({
    expected: "",
    flags: { put: flags },
    ...($evaluators && { evaluators: { put: $evaluators } }),
    ...(metadata && { metadata }),
    actor: "ada",
    reason: "the first flags",
    kind: "seed",
  });
  return { ...opened, first };
}
