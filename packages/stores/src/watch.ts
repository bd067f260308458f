import { type FSWatcher, unwatchFile, watch, watchFile } from "node:fs";
import { basename, dirname } from "node:path";

/** The link that Kubernetes swaps when a mounted ConfigMap changes. */
const CONFIG_MAP_LINK = "..data";

/** How long events are gathered, in milliseconds: a save is several of them. */
const GATHER = 10;

/** How often the file is looked at, in milliseconds, where the system sends no events. */
const LOOK_EVERY = 250;

/**
 * Calls back whenever a file may have changed: written, replaced by a rename, or reached through a
 * link that was swapped. Where the file system sends no events (network mounts, a folder that is
 * made later), a quarter of a second later.
 *
 * @returns stops watching
 */
export function watchPath(path: string, changed: () => void): () => void {
  const names = new Set([basename(path), CONFIG_MAP_LINK]);
  let gathering: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name !== null && !names.has(name)) return;
      gathering ??= setTimeout(() => {
        gathering = undefined;
        changed();
      }, GATHER).unref();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // no such folder, or no watches left: looking now and then has to do
  }
  watchFile(path, { persistent: false, interval: LOOK_EVERY }, changed);

  return () => {
    clearTimeout(gathering);
    watcher?.close();
    unwatchFile(path, changed);
  };
}
