import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { BurgeeError, type FlagStore } from "@burgee/core";
import { type AuditKey, auditKeys } from "./audit-entry.js";
import { type RedisClient, type Send, sendOver, sendTwice } from "./redis/client.js";
import { createCommitter } from "./redis/commit.js";
import { createCopy, type Identity } from "./redis/copy.js";
import { failure } from "./redis/failure.js";
import { createBerth, type FleetMember, listFleet } from "./redis/fleet.js";
import { followRedis } from "./redis/follow.js";
import { historyOf } from "./redis/history.js";
import { keysOf } from "./redis/keys.js";
import { selectEntries } from "./select-entries.js";

export type { RedisClient, RedisCommandOptions, RedisConnection } from "./redis/client.js";
export type { FleetMember } from "./redis/fleet.js";

/** Where in Redis the flags are, and how they are followed. */
export interface RedisStoreOptions {
  /**
   * The application's own client of node-redis 5 or newer, which it connects, and closes. Commits and
   * reads go over it; subscribers are told over a duplicate.
   */
  readonly client: RedisClient;
  /** What the flag set is called: it is kept at `{key}:flags`, `{key}:audit` and so on. */
  readonly key: string;
  /**
   * What becomes of a revision that Redis has lost, in a fail-over or by an old snapshot. `follow`
   * obeys what is there now; `reseed` writes back what is held, unless what is there is newer. An
   * empty store is never obeyed.
   *
   * @default "follow"
   */
  readonly onDivergence?: "follow" | "reseed";
  /** How often it is verified that nothing was missed, in milliseconds, more or less. `@default 10_000` */
  readonly poll?: number;
  /** How long an answer of Redis may take, in milliseconds. `@default 2000` */
  readonly timeout?: number;
  /** How many audit entries are kept. `@default 10_000` */
  readonly auditEntries?: number;
  /** Signs the audit entries: 32 characters or more; of several, the first signs. `@default` unsigned */
  readonly auditKey?: AuditKey;
  /** The largest flag that is read or written, in bytes. `@default 1_000_000` */
  readonly maxFlagBytes?: number;
  /** How much is read of all flags together, in bytes: of more, the largest are left out. `@default 50_000_000` */
  readonly maxBytes?: number;
  /** What this instance is called in the fleet. `@default` its host, process and a random text */
  readonly instance?: string;
}

/** A flag set in Redis. */
export interface RedisStore extends FlagStore {
  refresh(): Promise<void>;
  /**
   * The instances that follow it, and the revision that each holds: who said so within the last three
   * of its polls.
   *
   * @throws BurgeeError `SOURCE_UNAVAILABLE` if that cannot be read
   */
  fleet(): Promise<readonly FleetMember[]>;
}

/**
 * A flag set in Redis 6.2 or newer, or Valkey. A commit is one Lua script: it checks the revision
 * expected, writes, keeps an audit entry and tells every subscriber, which fetches what was changed.
 * What was missed, in an outage or a fail-over, is noticed and read again.
 *
 * @throws BurgeeError `INVALID_OPTIONS`, naming the option; `INVALID_SECRET` for an audit key that can
 * be guessed
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { redisStore } from "@burgee/stores/redis";
 * import { createClient } from "redis";
 *
 * const client = createClient({ url: "redis://localhost:6379" });
 * client.on("error", console.error);
 * await client.connect();
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const store = redisStore({ client, key: "shop-production" });
 * const flags = createFlags(definitions, { source: store });
 * await flags.ready();
 * ```
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { client, key, onDivergence = "follow", auditKey } = options;
  const { poll = 10_000, timeout = 2000, auditEntries = 10_000 } = options;
  const { maxFlagBytes = 1_000_000, maxBytes = 50_000_000 } = options;
  const { instance = `${hostname()}:${process.pid}:${randomBytes(3).toString("hex")}` } = options;
  checkOptions({ poll, timeout, auditEntries, maxFlagBytes, maxBytes }, onDivergence, client);
  auditKeys(auditKey);

  const keys = keysOf(key);
  const send = sendOver(client, timeout);
  const sendSafely = sendTwice(send);
  const known = createKnown();
  const limits = { maxFlagBytes, maxBytes };
  const followed = createCopy(keys, limits, known.add);
  const read = createCopy(keys, limits, known.add);
  const committer = createCommitter({
    keys,
    auditKey,
    auditEntries,
    maxFlagBytes,
    instance,
    hashOf: known.hashOf,
  });
  const follower = followRedis({
    client,
    keys,
    copy: followed,
    berth: createBerth(keys.fleet, instance, 3 * poll),
    timeout,
    poll,
    reseed:
      onDivergence === "reseed"
        ? (over: Send, there) => committer.reseed(over, followed, there)
        : undefined,
  });
  let reading: Promise<unknown> = Promise.resolve();

  return {
    ...follower,
    read() {
      const revision = reading.then(() => readOnce());
      reading = revision.catch(() => {});
      return revision;
    },
    commit: (change) => committer.commit(send, change),
    history: (query) => selectEntries(historyOf(sendSafely, keys), query),
    fleet: () =>
      listFleet(sendSafely, keys.fleet).catch((error) => {
        throw failure(error, `${keys.fleet} cannot be read`);
      }),
  };

  async function readOnce() {
    const found = await read.look(sendSafely).catch((error) => {
      throw failure(error, `${keys.head} cannot be read`);
    });
    if (found.status === "same") return read.revision;
    if (found.status === "empty") {
      const what = `There are no flags at ${keys.head}: commit the first, with "" as the revision expected.`;
      throw new BurgeeError("SOURCE_UNAVAILABLE", what, { revision: "" });
    }
    found.adopt();
    return read.revision;
  }
}

/** How many revisions are remembered. */
const MAX_KNOWN = 1000;

/** The hashes of the revisions that were read: after a fail-over an id may come again. */
function createKnown() {
  const hashes = new Map<string, string>();
  return {
    add({ revision, hash }: Identity): void {
      hashes.delete(revision);
      hashes.set(revision, hash);
      const [oldest] = hashes.keys();
      if (hashes.size > MAX_KNOWN && oldest !== undefined) hashes.delete(oldest);
    },
    hashOf: (revision: string): string | undefined => hashes.get(revision),
  };
}

function checkOptions(numbers: object, onDivergence: string, client: RedisClient): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new BurgeeError("INVALID_OPTIONS", `${name} of redisStore must be a positive integer.`);
  }
  if (onDivergence !== "follow" && onDivergence !== "reseed") {
    const what = 'onDivergence of redisStore must be "follow" or "reseed".';
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  if (typeof client?.sendCommand !== "function" || typeof client.duplicate !== "function") {
    const what = "client of redisStore must be a client of node-redis, as createClient makes it.";
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
}
