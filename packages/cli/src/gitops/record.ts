import type { Alteration, AuditEntry, FlagMetadata, FlagStore } from "@burgee/core";
import { fingerprint, type ItemKind, idOf, inGit, some } from "./items.js";

/** What the history of a store says. */
export interface StoreRecord {
  /** By id: of each item that an entry names. */
  readonly items: ReadonlyMap<string, ItemRecord>;
  /** Whether it begins with the first entry there was: none was dropped for its age. */
  readonly whole: boolean;
}

/** What the history of a store says of one item. */
export interface ItemRecord {
  readonly kind: ItemKind;
  readonly name: string;
  /** The fingerprint of what Git said when it was last seeded; undefined if it never was. */
  seed?: string;
  /** The fingerprint of what the newest entry left, holds included. */
  left: string;
  /** Who changed it last, but for holds. */
  changedBy?: AuditEntry;
}

/** Reads all of a store's history. */
export async function readRecord(store: FlagStore): Promise<StoreRecord> {
  const items = new Map<string, ItemRecord>();
  let oldest: AuditEntry | undefined;
  for await (const entry of store.history()) {
    oldest = entry;
    for (const { kind, name, before, after } of alterationsOf(entry)) {
      const id = idOf(kind, name);
      const record = items.get(id) ?? { kind, name, left: fingerprint(after) };
      const said = fingerprint(inGit(kind, after));
      if (entry.kind === "seed") record.seed ??= said;
      if (said !== fingerprint(inGit(kind, before))) record.changedBy ??= entry;
      items.set(id, record);
    }
  }
  return { items, whole: (oldest?.previous ?? "") === "" };
}

interface ItemAlteration extends Alteration<unknown> {
  readonly kind: ItemKind;
  readonly name: string;
}

function alterationsOf({ flags, evaluators, metadata }: AuditEntry): ItemAlteration[] {
  return [
    ...Object.entries(flags).map(([name, each]) => ({ kind: "flag" as const, name, ...each })),
    ...Object.entries(evaluators).map(([name, each]) => ({
      kind: "segment" as const,
      name,
      ...each,
    })),
    ...(metadata ? [{ kind: "metadata" as const, name: "", ...nonEmpty(metadata) }] : []),
  ];
}

function nonEmpty({ before, after }: Alteration<FlagMetadata>): Alteration<unknown> {
  return { before: some(before), after: some(after) };
}
