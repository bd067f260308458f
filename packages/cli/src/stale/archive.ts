import { isDeepStrictEqual } from "node:util";
import type { AuditEntry, FlagDefinition, FlagSet } from "@burgee/core";
import { type Change, commitChange } from "../commit-change.js";
import type { OpenStore } from "../open-store.js";

/** Flags to be disabled, and why each. */
export type ToArchive = ReadonlyMap<string, string>;

/** How long a reason may become in the history. */
const MAX_REASON = 1000;

/** A flag set in which these flags are disabled. */
export function withoutThem(flagSet: FlagSet, keys: Iterable<string>): FlagSet {
  const disabled = [...keys].map((key) => {
    return [key, { ...flagSet.flags[key], state: "DISABLED" } as FlagDefinition] as const;
  });
  return { ...flagSet, flags: { ...flagSet.flags, ...Object.fromEntries(disabled) } };
}

/**
 * Disables flags for good, in one change: the code's defaults serve from then on. One that somebody has
 * changed since it was judged is left as it is.
 *
 * @param judged the flag set that they were judged in
 * @returns the entry; undefined if all of them were changed meanwhile
 */
export async function archiveFlags(
  opened: OpenStore,
  judged: FlagSet,
  reasons: ToArchive,
  by: Pick<Change, "actor" | "origin">,
): Promise<AuditEntry | undefined> {
  return await commitChange(opened, (flagSet) => {
    const keys = [...reasons.keys()].filter((key) => {
      return isDeepStrictEqual(flagSet.flags[key], judged.flags[key]);
    });
    if (keys.length === 0) return undefined;
    const { flags } = withoutThem(flagSet, keys);
    const put = keys.map((key) => [key, flags[key] as FlagDefinition] as const);
    const why = keys.map((key) => `${key} (${reasons.get(key)})`).join("; ");
    const reason = `stale: ${why.length > MAX_REASON ? `${why.slice(0, MAX_REASON)}…` : why}`;
    return { ...by, flags: { put: Object.fromEntries(put) }, kind: "archive", reason };
  });
}
