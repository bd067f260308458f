import { isDeepStrictEqual } from "node:util";
import type { ChangeKind, FlagDefinition } from "@burgee/core";
import type { OpenStore } from "../open-store.js";

/** When the state of a flag was last changed, and why. */
export interface LastChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: ChangeKind;
}

/** What a store's history says of flags. */
export interface LastChanges {
  /** The last changes, by key: a flag that has none was not changed since the history begins. */
  readonly of: ReadonlyMap<string, LastChange>;
  /** When each shared rule was last changed, by name: in milliseconds since the epoch. */
  readonly segments: ReadonlyMap<string, number>;
  /** When the history begins, if it has dropped what was before; in milliseconds since the epoch. */
  readonly since?: number;
}

/**
 * Reads when each flag, and each shared rule, was last made to decide otherwise: a change of a flag's facts
 * alone is none.
 */
export async function readLastChanges({ store }: Pick<OpenStore, "store">): Promise<LastChanges> {
  const changes = new Map<string, LastChange>();
  const segments = new Map<string, number>();
  let oldest: { readonly time: string; readonly previous: string } | undefined;
  for await (const entry of store.history()) {
    oldest = entry;
    const at = Date.parse(entry.time);
    for (const [key, { before, after }] of Object.entries(entry.flags)) {
      if (changes.has(key) || isDeepStrictEqual(stateOf(before), stateOf(after))) continue;
      changes.set(key, { at, kind: entry.kind });
    }
    for (const [name, { before, after }] of Object.entries(entry.evaluators)) {
      if (!segments.has(name) && !isDeepStrictEqual(before, after)) segments.set(name, at);
    }
  }
  const isWhole = oldest === undefined || oldest.previous === "";
  return { of: changes, segments, ...(!isWhole && { since: Date.parse(`${oldest?.time}`) }) };
}

/** What decides a flag. */
function stateOf(flag: FlagDefinition | undefined): unknown {
  if (flag === undefined) return undefined;
  const { state, variants, defaultVariant = null, targeting = null } = flag;
  return { state, variants, defaultVariant, targeting };
}
