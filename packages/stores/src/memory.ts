import type { AuditEntry, FlagSet, FlagStore, Revision, RevisionSink } from "@burgee/core";
import { applyChange } from "./change.js";
import { copyDocument } from "./document.js";

/**
 * A store in this process's memory, for tests and for flags that need no other home.
 *
 * @param flagSet what it holds at first. `@default` no flags
 * @throws BurgeeError `INVALID_FLAG_SET`, naming every faulty place
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
export function memoryStore(flagSet: FlagSet = { flags: {} }): FlagStore {
  const sinks = new Set<RevisionSink>();
  let revision: Revision = {
    id: "1",
    flagSet: copyDocument(flagSet, "memoryStore"),
  };

  return {
    subscribe(sink) {
      sinks.add(sink);
      sink.next(revision);
      return () => {
        sinks.delete(sink);
      };
    },
    read: async () => revision,
    async commit(change): Promise<AuditEntry> {
      const changed = applyChange(revision.flagSet, revision.id, change);
      revision = { id: String(Number(revision.id) + 1), flagSet: changed };
      for (const sink of sinks) sink.next(revision);
      const { actor, reason, kind, origin } = change;
      return {
        revision: revision.id,
        time: new Date().toISOString(),
        actor,
        reason,
        kind,
        ...(origin && { origin }),
      };
    },
  };
}
