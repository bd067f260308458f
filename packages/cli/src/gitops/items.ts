import { createHash } from "node:crypto";
import type { FlagDefinition, FlagMetadata, FlagSet, JsonValue } from "@burgee/core";
import { canonicalJson } from "@burgee/stores/audit";
import { freeOfHolds } from "../free-of-holds.js";

/** What is compared by itself: a flag, a segment (a shared rule), or the facts about the whole set. */
export type ItemKind = "flag" | "segment" | "metadata";

/** A part of a flag set that was changed, or not, whatever the others were. */
export interface Item {
  readonly kind: ItemKind;
  /** The flag's key or the segment's name; empty for the metadata. */
  readonly name: string;
  readonly value: FlagDefinition | JsonValue | FlagMetadata;
}

/** What one item is called among all. */
export function idOf(kind: ItemKind, name: string): string {
  return `${kind}.${name}`;
}

/** What only the store knows, among the facts about the set. */
const OWN = "burgee.";

/** The facts that Git may say, without those that only the store knows. */
export function gitFacts(metadata: FlagMetadata = {}): FlagMetadata {
  return factsOf(metadata, false);
}

/** The facts that only the store knows: confirmed migrations, what Git said. */
export function storeFacts(metadata: FlagMetadata = {}): FlagMetadata {
  return factsOf(metadata, true);
}

function factsOf(metadata: FlagMetadata, own: boolean): FlagMetadata {
  const facts = Object.entries(metadata).filter(([name]) => name.startsWith(OWN) === own);
  return Object.fromEntries(facts);
}

/** The items of a flag set as Git has them, by id: free of holds. */
export function itemsOf({ flags, $evaluators = {}, metadata }: FlagSet): ReadonlyMap<string, Item> {
  const items: Item[] = [
    ...Object.entries(flags).map(([name, flag]) => {
      return { kind: "flag", name, value: freeOfHolds(flag) } as const;
    }),
    ...Object.entries($evaluators).map(([name, value]) => {
      return { kind: "segment", name, value } as const;
    }),
  ];
  const facts = some(gitFacts(metadata));
  if (facts !== undefined) items.push({ kind: "metadata", name: "", value: facts });
  return new Map(items.map((item) => [idOf(item.kind, item.name), item]));
}

/** What an item is without what only the store knows: of metadata, nothing may be left. */
export function inGit(kind: ItemKind, value: unknown): unknown {
  if (value === undefined || kind === "segment") return value;
  return kind === "flag"
    ? freeOfHolds(value as FlagDefinition)
    : some(gitFacts(value as FlagMetadata));
}

/** Facts, if there are any. */
export function some(facts: FlagMetadata | undefined): FlagMetadata | undefined {
  return facts && Object.keys(facts).length > 0 ? facts : undefined;
}

/** A text that two values share only if they are the same; empty for nothing. */
export function fingerprint(value: unknown): string {
  if (value === undefined) return "";
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}
