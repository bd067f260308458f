import { relative } from "node:path";
import { BurgeeError, type FlagStore, type Revision } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { type FleetMember, redisStore } from "@burgee/stores/redis";
import { createClient } from "redis";
import { Failure } from "./failure.js";
import { isUrl, type Settings } from "./settings.js";

/** A store that was opened, to be closed by whoever did. */
export interface OpenStore {
  readonly store: FlagStore;
  /** What it is called in a sentence; no password. */
  readonly name: string;
  /** Whether it drops its oldest entries in time. */
  readonly forgets: boolean;
  /** The revision held; undefined if there is none yet. */
  read(): Promise<Revision | undefined>;
  /** Which instances hold which revision, where the store knows. */
  readonly fleet?: () => Promise<readonly FleetMember[]>;
  close(): void;
}

/**
 * Opens the store that the settings name.
 *
 * @throws Failure `usage` for an address that is none; BurgeeError `SOURCE_UNAVAILABLE`
 */
export async function openStore(settings: Settings): Promise<OpenStore> {
  const { store } = settings;
  if (!isUrl(store)) return openFile(settings, store);
  if (/^rediss?:/i.test(store)) return await openRedis(settings, store);
  const what = `No store can be opened at ${store}: give a path, or a redis:// or rediss:// URL.`;
  throw new Failure("usage", what);
}

function openFile({ auditKey }: Settings, path: string): OpenStore {
  const store = fileStore(path, auditKey === undefined ? {} : { auditKey });
  return {
    store,
    name: relative(process.cwd(), path) || path,
    forgets: false,
    read: () => readFrom(store),
    close() {},
  };
}

async function openRedis({ auditKey, key }: Settings, address: string): Promise<OpenStore> {
  const url = urlOf(address);
  const called = key ?? url.searchParams.get("key");
  if (!called) {
    const what = `A store in Redis needs the name of its flag set: --key NAME, BURGEE_KEY, or ?key=NAME.`;
    throw new Failure("usage", what);
  }
  url.search = "";
  const client = createClient({
    url: url.href,
    socket: { reconnectStrategy: false, connectTimeout: 5000 },
  });
  client.on("error", () => {}); // the command that meets it tells it
  const name = `${called} at ${url.protocol}//${url.host}`;
  await client.connect().catch((cause) => {
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

/** A store that holds nothing says so by the revision of its error: the empty text. */
async function readFrom(store: FlagStore): Promise<Revision | undefined> {
  try {
    return await store.read();
  } catch (error) {
    if (error instanceof BurgeeError && error.revision === "") return undefined;
    throw error;
  }
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
