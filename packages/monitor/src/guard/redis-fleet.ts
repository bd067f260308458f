import { randomBytes, randomUUID } from "node:crypto";
import { BurgeeError } from "@burgee/core";
import type { Fleet, FleetBucket } from "./fleet.js";
import { ADD, LEAD, SAVE } from "./redis-scripts.js";

/** How many units a series remembers. */
const MAX_UNITS = 100_000;

/** For how long one leads, in milliseconds, unless it says again that it does. */
const LEASE = 3000;

/** How long an answer may take, in milliseconds. */
const PATIENCE = 1000;

/** What is used of a node-redis client (5 or newer). */
export interface FleetClient {
  readonly isReady: boolean;
  sendCommand(args: readonly string[]): Promise<unknown>;
}

/** Options of {@link redisFleet}. */
export interface RedisFleetOptions {
  /** A connected client; it stays the caller's. */
  readonly client: FleetClient;
  /** Begins every key, as the hash tag of a cluster. */
  readonly key: string;
}

/**
 * Puts together in Redis what the instances of a fleet count, so that their guards judge it as one.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for a key with spaces or braces
 *
 * @example
 * ```ts
 * import type { Flags, FlagStore } from "@burgee/core";
 * import { createMonitor, redisFleet } from "@burgee/monitor";
 * import { createClient } from "redis";
 *
 * export async function guardTogether(flags: Flags, store: FlagStore) {
 *   const client = await createClient().connect();
 *   const monitor = createMonitor(flags, { store, fleet: redisFleet({ client, key: "shop" }) });
 *   return monitor.guard({ flag: "new-checkout" });
 * }
 * ```
 */
export function redisFleet({ client, key }: RedisFleetOptions): Fleet {
  if (!/^[^{}\s]{1,200}$/.test(key)) {
    const what = `redisFleet needs a key without spaces and braces, not ${JSON.stringify(key)}.`;
    throw new BurgeeError("INVALID_OPTIONS", what);
  }
  const instance = randomUUID();

  async function send(...args: readonly string[]): Promise<unknown> {
    if (!client.isReady) throw new BurgeeError("SOURCE_UNAVAILABLE", "Redis is not connected.");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new BurgeeError("SOURCE_UNAVAILABLE", `Redis took longer than ${PATIENCE} ms.`);
      timer = setTimeout(reject, PATIENCE, error);
    });
    try {
      return await Promise.race([client.sendCommand(args), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async unitKey() {
      const name = `{${key}}:guard:key`;
      await send("SET", name, randomBytes(32).toString("base64"), "NX");
      return Buffer.from(String(await send("GET", name)), "base64");
    },
    series(name, bucket, kept) {
      const [counts, units, state, lease] = ["counts", "units", "state", "lease"].map(
        (part) => `{${key}}:guard:${name}:${part}`,
      ) as [string, string, string, string];
      const times = [String(bucket), String(kept)];
      return {
        async add({ counts: added, failures }) {
          const args = [...times, String(MAX_UNITS), JSON.stringify(added)];
          await send("EVAL", ADD, "2", counts, units, ...args, JSON.stringify(failures));
        },
        async lead() {
          const args = [instance, String(LEASE), String(bucket)];
          const answer = await send("EVAL", LEAD, "3", lease, state, counts, ...args);
          const [leads, saved, now, fields] = answer as [number, string, string, string[]];
          return {
            leads: leads === 1,
            state: saved === "" ? undefined : String(saved),
            closed: closedBefore(Number(now), fields),
          };
        },
        async save(text, closed) {
          const fields = closed.flatMap(({ bucket, counts }) =>
            Object.keys(counts).map((name) => `${bucket} ${name}`),
          );
          const args = [instance, text, String(kept), JSON.stringify(fields)];
          return (await send("EVAL", SAVE, "3", lease, state, counts, ...args)) === 1;
        },
      };
    },
  };
}

function closedBefore(now: number, fields: readonly string[]): readonly FleetBucket[] {
  const buckets = new Map<number, Record<string, number>>();
  for (let index = 0; index < fields.length; index += 2) {
    const field = String(fields[index]);
    const space = field.indexOf(" ");
    const bucket = Number(field.slice(0, space));
    if (bucket >= now) continue;
    const counts = buckets.get(bucket) ?? {};
    counts[field.slice(space + 1)] = Number(fields[index + 1]);
    buckets.set(bucket, counts);
  }
  return [...buckets].sort(([a], [b]) => a - b).map(([bucket, counts]) => ({ bucket, counts }));
}
