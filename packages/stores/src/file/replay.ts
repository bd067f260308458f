import type { Alteration, AuditEntry, FlagSet } from "@burgee/core";

/**
 * The flag set that a history has made, from nothing on.
 *
 * @param entries all of it, the newest first
 */
export async function replay(entries: AsyncIterable<AuditEntry>): Promise<FlagSet> {
  const flags = newestOf<FlagSet["flags"][string]>();
  const evaluators = newestOf<NonNullable<FlagSet["$evaluators"]>[string]>();
  let metadata: AuditEntry["metadata"];
  for await (const entry of entries) {
    flags.keep(entry.flags);
    evaluators.keep(entry.evaluators);
    metadata ??= entry.metadata;
  }
  return {
    flags: flags.entries(),
    $evaluators: evaluators.entries(),
    ...(metadata?.after && { metadata: metadata.after }),
  };
}

/** Keeps the first that it is given of each name. */
function newestOf<Entry>() {
  const kept = new Map<string, Entry | undefined>();
  return {
    keep(alterations: Readonly<Record<string, Alteration<Entry>>>): void {
      for (const [name, { after }] of Object.entries(alterations)) {
        if (!kept.has(name)) kept.set(name, after);
      }
    },
    entries(): Record<string, Entry> {
      const there = [...kept].filter((entry): entry is [string, Entry] => entry[1] !== undefined);
      return Object.fromEntries(there);
    },
  };
}
