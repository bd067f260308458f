"use client";
import type { ClientFlagKey } from "@burgee/core";
import { useMemo, useSyncExternalStore } from "react";
import type { ClientFlags } from "./client-flags.js";
import { useClientFlags } from "./flags-context.js";
import type { ClientFlagValue } from "./values.js";

/**
 * The values of several flags, by their keys: the same object until one of them changes. The component
 * renders again when one of these flags changes, and for no other.
 *
 * @example
 * ```tsx
 * import { useFlags } from "@burgee/react";
 *
 * export function Results() {
 *   const values = useFlags(["search-ranking", "new-header"]);
 *   return <p>ranked by {String(values["search-ranking"])}</p>;
 * }
 * ```
 */
export function useFlags<const Key extends ClientFlagKey>(
  keys: readonly Key[],
): { readonly [K in Key]: ClientFlagValue<K> } {
  const flags = useClientFlags();
  const list = JSON.stringify(keys); // keys are written inline: a new array each time
  const { subscribe, now, rendered } = useMemo(
    () => groupOf(flags, JSON.parse(list)),
    [flags, list],
  );
  return useSyncExternalStore(subscribe, now, rendered) as { [K in Key]: ClientFlagValue<K> };
}

type Values = Readonly<Record<string, unknown>>;

/** Several flags as one. */
function groupOf({ subscribe, flag }: ClientFlags, keys: readonly string[]) {
  const flags = keys.map(flag);
  return {
    subscribe: (changed: () => void) => subscribe(changed, keys),
    now: kept(() => flags.map(({ now }) => now().value)),
    rendered: kept(() => flags.map(({ rendered }) => rendered().value)),
  };

  /** The values by key: as they were, where none has changed. */
  function kept(read: () => readonly unknown[]): () => Values {
    let last: readonly unknown[] | undefined;
    let byKey: Values = {};
    return () => {
      const values = read();
      if (last === undefined || values.some((value, index) => value !== last?.[index])) {
        last = values;
        byKey = Object.fromEntries(keys.map((key, index) => [key, values[index]]));
      }
      return byKey;
    };
  }
}
