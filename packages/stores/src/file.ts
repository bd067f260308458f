import { resolve } from "node:path";
import type { AuditEntry, FlagChange, FlagStore, Revision } from "@burgee/core";
import { type AuditKey, auditKeys } from "./audit-entry.js";
import { deltaOf, readChange } from "./change.js";
import { auditLogOf } from "./file/audit-log.js";
import { formatOf } from "./file/format.js";
import { createPause } from "./file/pause.js";
import { readContent } from "./file/read.js";
import { fileWriter } from "./file/writer.js";
import { selectEntries } from "./select-entries.js";
import { createSubscribers } from "./subscribers.js";
import { watchPath } from "./watch.js";

/** How long a fault must stay before it is told, in milliseconds: most are half-written files. */
const SETTLE = 100;

/** Options of {@link fileStore}. */
export interface FileStoreOptions {
  /**
   * Signs the history, by HMAC-SHA-256: a random text of 32 characters or more. Of several, the first
   * signs.
   *
   * @default none: the history shows accidents, not attackers
   */
  readonly auditKey?: AuditKey;
}

/**
 * A flag set in a JSON or YAML file, followed while it is subscribed to: edits in place, an editor's
 * atomic rename, a swapped Kubernetes ConfigMap. A file that is missing, torn or invalid is a
 * problem, and the last good revision stays.
 *
 * A commit keeps a history beside the file, in `<file>.audit.jsonl`, and loses nothing, neither by a
 * crash nor by another process that commits at the same time. Edits by hand are in the history, too,
 * from the next commit on. Where the file cannot be written, the store is a source, and its `commit`
 * rejects with `STORE_READ_ONLY`.
 *
 * @param path of the file, from the working directory; `.yaml` and `.yml` are YAML
 * @throws BurgeeError `INVALID_SECRET` for an `auditKey` that can be guessed
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 * await flags.ready();
 * ```
 */
export function fileStore(path: string, { auditKey }: FileStoreOptions = {}): FlagStore {
  auditKeys(auditKey);
  const file = resolve(path);
  const format = formatOf(file);
  const log = auditLogOf(file);
  const writer = fileWriter(file, format, log, auditKey);
  const subscribers = createSubscribers({ start, stop });
  const pause = createPause(SETTLE, () => look());
  let running = false;
  let suspected: string | undefined;
  let stopWatching = (): void => {};
  let looked = Promise.resolve();
  let committed: Promise<unknown> = Promise.resolve();

  /** Tells what the file holds; those who ask meanwhile are told afterwards. */
  function look(made?: Revision): Promise<void> {
    looked = looked.then(async () => {
      let content: string | undefined;
      try {
        await writer.recover();
        const { id, text } = await readContent(file);
        content = id;
        await adopt(id, text, made);
        suspected = undefined;
      } catch (error) {
        suspect(error, content);
      }
    });
    return looked;
  }

  /** @param made a revision that the file may hold, if it is known */
  async function adopt(id: string, text: string, made?: Revision): Promise<void> {
    if (id === subscribers.held?.id) return subscribers.current();
    if (id === made?.id) return subscribers.next(made);
    subscribers.next({ id, flagSet: await format.parse(text, file) });
  }

  /** Tells a fault that is still the same after a while. */
  function suspect(error: unknown, content = "none"): void {
    if (!running) return;
    if (suspected === content) return subscribers.problem(error);
    suspected = content;
    pause.begin();
  }

  function start(): void {
    running = true;
    stopWatching = watchPath(file, () => void look());
    void look();
  }

  function stop(): void {
    running = false;
    stopWatching();
    pause.stop();
    suspected = undefined;
  }

  async function commit(change: FlagChange): Promise<AuditEntry> {
    const { entry, flagSet } = await writer.commit(change);
    if (running) await look({ id: entry.revision, flagSet, delta: deltaOf(change) });
    return entry;
  }

  return {
    subscribe: subscribers.subscribe,
    async refresh() {
      if (!running) return;
      await look();
      await pause.over;
    },
    async read() {
      await writer.recover();
      const { id, text } = await readContent(file);
      const { held } = subscribers;
      return id === held?.id ? held : { id, flagSet: await format.parse(text, file) };
    },
    async commit(given) {
      const change = readChange(given);
      const entry = committed.then(() => commit(change));
      committed = entry.catch(() => {});
      return await entry;
    },
    async *history(query) {
      await writer.recover();
      yield* selectEntries(log.entries(), query);
    },
  };
}
