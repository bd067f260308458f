import { type AuditEntry, type FlagSet, type HoldKind, readHold } from "@burgee/core";
import { fingerprint, type Item, type ItemKind, itemsOf, some } from "./items.js";
import type { ItemRecord, StoreRecord } from "./record.js";

/**
 * What becomes of an item on which Git and the store differ from each other, or from the last seed:
 * `git` is taken, or the `store` keeps it; `agreed` where both were changed to the same; a `conflict`
 * where both were changed, to different ends; the `same` where only its history is not whole.
 */
export type Verdict = "git" | "store" | "agreed" | "conflict" | "same";

/** An item that was changed since the last seed, in Git or in the store. */
export interface Difference {
  readonly kind: ItemKind;
  /** The flag's key or the segment's name; empty for the metadata. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What Git says; absent if it has none. */
  readonly git?: Item["value"];
  /** What the store holds, free of holds; absent if it has none. */
  readonly store?: Item["value"];
  /** Whether it was a conflict that `--keep` has resolved. */
  readonly resolved: boolean;
  /** Whether the store was changed without an entry in its history. */
  readonly unaudited: boolean;
  /** What holds the flag in the store; the hold is kept whatever is applied. */
  readonly hold?: HoldKind;
  /** Who changed it in the store last. */
  readonly changedBy?: AuditEntry;
}

/** Which side a conflict is resolved for. */
export type Keep = "store" | "git";

/** Where the set's metadata remembers what Git said of an item, where that is not what was seeded. */
export const BASE = "burgee.base.";

/**
 * Compares Git with a store, item by item, by what Git said when the store was last seeded: where Git
 * still says so, a change at run time is kept; where the store still holds it, Git is taken.
 *
 * @param keep how conflicts are resolved. `@default` they are not
 */
export function compare(
  git: FlagSet,
  store: FlagSet,
  record: StoreRecord,
  keep?: Keep,
): Difference[] {
  const [wanted, held] = [itemsOf(git), itemsOf(store)];
  const differences: Difference[] = [];
  for (const id of new Set([...wanted.keys(), ...held.keys(), ...record.items.keys()])) {
    const [there, here, recorded] = [wanted.get(id), held.get(id), record.items.get(id)];
    const { kind, name } = (there ?? here ?? recorded) as Item | ItemRecord;
    const { seed, left, changedBy } = recorded ?? {};
    const base = baseOf(store, id) ?? seed;
    const found = verdictOf(fingerprint(there?.value), fingerprint(here?.value), base);
    const written = fingerprint(asHeld(store, kind, name));
    const unaudited =
      left === undefined
        ? record.whole && here !== undefined && found !== undefined
        : left !== written;
    if (found === undefined && !unaudited) continue;
    const resolved = found === "conflict" && keep !== undefined;
    const hold = kind === "flag" ? holdOf(store, name) : undefined;
    differences.push({
      kind,
      name,
      verdict: (resolved ? keep : found) ?? "same",
      ...(there && { git: there.value }),
      ...(here && { store: here.value }),
      resolved,
      unaudited,
      ...(hold && { hold }),
      ...(changedBy && { changedBy }),
    });
  }
  return differences;
}

/** Undefined where nothing was changed; by fingerprints, of which `base` is undefined if unknown. */
function verdictOf(git: string, store: string, base: string | undefined): Verdict | undefined {
  if (git === store) return base === undefined || base === git ? undefined : "agreed";
  if (base === undefined) {
    if (store === "") return "git";
    return git === "" ? "store" : "conflict";
  }
  if (base === git) return "store";
  return base === store ? "git" : "conflict";
}

function baseOf({ metadata = {} }: FlagSet, id: string): string | undefined {
  const base = metadata[`${BASE}${id}`];
  return typeof base === "string" ? base : undefined;
}

/** An item as the store has it, holds and all. */
function asHeld(
  { flags, $evaluators = {}, metadata }: FlagSet,
  kind: ItemKind,
  name: string,
): unknown {
  if (kind === "metadata") return some(metadata);
  const entries: Readonly<Record<string, unknown>> = kind === "flag" ? flags : $evaluators;
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function holdOf({ flags }: FlagSet, key: string): HoldKind | undefined {
  const flag = Object.hasOwn(flags, key) ? flags[key] : undefined;
  return flag && readHold(flag)?.kind;
}
