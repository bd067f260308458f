import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry, FlagStore } from "@burgee/core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { buildProgram } from "../../../stores/test/build-program.js";
import { type RedisServer, startRedis } from "../../../stores/test/redis-server.js";
import { openWith } from "../../../stores/test/redis-shop.js";
import type { Told } from "./fleet-program.js";
import { newCheckout } from "./guarded.js";

/** An instance in a process of its own. */
export interface Instance {
  /** What it has told so far, the newest last. */
  readonly messages: readonly Told[];
  /** The first message that is wanted, from the beginning on. */
  told(wanted: (message: Told) => boolean): Promise<Told>;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
}

/** Instances of a shop over one Redis; 5 % get the new checkout. */
export interface Fleet {
  readonly redis: RedisServer;
  readonly store: FlagStore;
  /** Starts instances, which serve once this resolves. */
  join(instances: number): Promise<readonly Instance[]>;
  /** The flag's audit entries, the oldest first. */
  entries(): Promise<readonly AuditEntry[]>;
}

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-fleet-"));
  program = await buildProgram(join(import.meta.dirname, "fleet-program.ts"), folder);
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

/**
 * Starts a Redis, for instances to join.
 *
 * @param bad the share of requests with the new checkout that fail, 0 to 1; of others it is 0.01
 */
export async function startFleet(bad: number): Promise<Fleet> {
  const redis = await startRedis("--appendonly", "yes");
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const flags = { "new-checkout": newCheckout(5) };
  const { store } = await openWith(redis.url, { flags }, { key: "shop" });
  let seed = 0;

  async function joinOne(): Promise<Instance> {
    const options = { serialization: "advanced" } as const;
    const child = fork(program, [redis.url, String(++seed), String(bad)], options);
    onTestFinished(() => void child.kill("SIGKILL"));
    const instance = instanceOf(child);
    await instance.told(({ what }) => what === "serving");
    return instance;
  }

  return {
    redis,
    store,
    join: (instances) => Promise.all(Array.from({ length: instances }, joinOne)),
    async entries() {
      const entries: AuditEntry[] = [];
      for await (const entry of store.history({ flag: "new-checkout" })) entries.unshift(entry);
      return entries;
    },
  };
}

function instanceOf(child: ChildProcess): Instance {
  const messages: Told[] = [];
  child.on("message", (message) => messages.push(message as Told));
  const ended = once(child, "exit");
  const lost = ended.then(() => Promise.reject(new Error("an instance has ended")));
  lost.catch(() => {});
  return {
    messages,
    async told(wanted) {
      for (let next = 0; ; next++) {
        if (next === messages.length) await Promise.race([once(child, "message"), lost]);
        if (wanted(messages[next] as Told)) return messages[next] as Told;
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
