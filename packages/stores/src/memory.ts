import type { AuditEntry, FlagSet, FlagStore, Revision, RevisionSink } from "@burgee/core";
import { type AuditKey, auditEntry, auditKeys } from "./audit-entry.js";
import { applyChange, checkExpected, deltaOf, readChange } from "./change.js";
import { copyDocument } from "./document.js";
import { selectEntries } from "./select-entries.js";

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Signs the history, by HMAC-SHA-256: a random text of 32 characters or more. Of several, the first
   * signs.
   *
   * @default none: the history shows accidents, not attackers
   */
  readonly auditKey?: AuditKey;
}

/**
 * A store in this process's memory, for tests and for flags that need no other home. Its history goes
 * with it.
 *
 * @param flagSet what it holds at first. `@default` no flags
 * @throws BurgeeError `INVALID_FLAG_SET`, naming every faulty place; `INVALID_SECRET`
 *
 * @example
 * ```ts
 * import { memoryStore } from "@burgee/stores/memory";
 *
 * const off = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" } as const;
 * const store = memoryStore({ flags: { "new-checkout": off } });
 *
 * await store.commit({
 *   expected: (await store.read()).id,
 *   flags: { put: { "new-checkout": { ...off, defaultVariant: "on" } } },
 *   actor: "ada",
 *   reason: "everyone gets the new checkout",
 *   kind: "release",
 * });
 * ```
 */
export function memoryStore(
  flagSet: FlagSet = { flags: {} },
  { auditKey }: MemoryStoreOptions = {},
): FlagStore {
  auditKeys(auditKey);
  const sinks = new Set<RevisionSink>();
  const entries: AuditEntry[] = [];
  let revision: Revision = { id: "1", flagSet: copyDocument(flagSet, "memoryStore") };

  return {
    subscribe(sink) {
      sinks.add(sink);
      sink.next(revision);
      return () => {
        sinks.delete(sink);
      };
    },
    read: async () => revision,
    async commit(given) {
      const change = readChange(given);
      const { id: held, flagSet: before } = revision;
      checkExpected(change, held);
      const id = String(Number(held) + 1);
      const previous = entries.at(-1)?.hash ?? "";
      const entry = auditEntry(change, before, { revision: id, previous }, auditKey);
      entries.push(entry);
      revision = { id, flagSet: applyChange(before, change), delta: deltaOf(change) };
      for (const sink of sinks) sink.next(revision);
      return entry;
    },
    history: (query) => selectEntries(entries.toReversed(), query),
  };
}
