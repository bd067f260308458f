import { Failure } from "./failure.js";
import { openFile } from "./open-file.js";
import type { OpenStore } from "./open-store.js";
import { isUrl, type Settings } from "./settings.js";

/**
 * Opens the store that the settings name.
 *
 * @throws Failure `usage` for an address that is none; BurgeeError `SOURCE_UNAVAILABLE`
 */
export async function openAddress(settings: Settings): Promise<OpenStore> {
  const { store } = settings;
  if (!isUrl(store)) return openFile(settings, store);
  if (/^rediss?:/i.test(store)) {
    const { openRedis } = await import("./open-redis.js"); // its client takes long to load
    return await openRedis(settings, store);
  }
  const what = `No store can be opened at ${store}: give a path, or a redis:// or rediss:// URL.`;
  throw new Failure("usage", what);
}
