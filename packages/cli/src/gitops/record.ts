import type { Alteration, AuditEntry, FlagDefinition, FlagMetadata, FlagStore } from "@burgee/core";
import { freeOfHolds } from "../free-of-holds.js";
import { fingerprint, gitFacts, type ItemKind, idOf } from "./items.js";

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
    ...(metadata ? [{ kind: "metadata" as const, name: "", ...metadata }] : []),
  ];
}

/** What an item is without what only the store knows. */
function inGit(kind: ItemKind, value: unknown): unknown {
  if (value === undefined || kind === "segment") return value;
  if (kind === "flag") return freeOfHolds(value as FlagDefinition);
  const facts = gitFacts(value as FlagMetadata);
  return Object.keys(facts).length > 0 ? facts : undefined;
}
