import { BurgeeError } from "@burgee/core";
import { redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { Failure } from "./failure.js";
import { type OpenStore, readFrom } from "./open-store.js";
import type { Settings } from "./settings.js";

/** How long it may take to connect, in milliseconds. */
const PATIENCE = 5000;

/**
 * Opens a store in Redis.
 *
 * @param address its URL; it may say the name of the flag set, as `?key=NAME`
 * @throws Failure `usage` for an address that is none; BurgeeError `SOURCE_UNAVAILABLE`
 */
export async function openRedis({ auditKey, key }: Settings, address: string): Promise<OpenStore> {
  const url = urlOf(address);
  const called = key ?? url.searchParams.get("key");
  if (!called) {
    const what = `A store in Redis needs the name of its flag set: --key NAME, BURGEE_KEY, or ?key=NAME.`;
    throw new Failure("usage", what);
  }
  url.search = "";
  const client = createClient({
    url: url.href,
    socket: { reconnectStrategy: false, connectTimeout: PATIENCE },
  });
  client.on("error", () => {}); // the command that meets it tells it
  const name = `${called} at ${url.protocol}//${url.host}`;
  await within(PATIENCE, client.connect()).catch((cause) => {
    client.destroy();
    const what = `${name} cannot be reached: ${messageOf(cause)}.`;
    throw new BurgeeError("SOURCE_UNAVAILABLE", what, { cause });
  });
  const store = redisStore({ client, key: called, ...(auditKey !== undefined && { auditKey }) });
  return {
    store,
    name,
    forgets: true,
    read: () => readFrom(store),
    fleet: store.fleet,
    close: () => client.destroy(),
  };
}

/** What a promise gives, unless that takes longer than so many milliseconds. */
function within<Value>(patience: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`it has not answered within ${patience} ms`));
    const timer = setTimeout(late, patience);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function urlOf(address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw new Failure("usage", "The store's URL cannot be read; it is redis://host:port.");
  }
}

/** Of an error that gathers one for each address that was tried, the first. */
function messageOf(error: unknown): string {
  const [first] = (error as { readonly errors?: readonly unknown[] })?.errors ?? [];
  const told = first ?? error;
  return (told instanceof Error ? told.message : String(told)).replace(/\.$/, "");
}
