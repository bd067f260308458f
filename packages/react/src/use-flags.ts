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

/** Several flags, as `useSyncExternalStore` reads them. */
function groupOf({ subscribe, flag }: ClientFlags, keys: readonly string[]) {
  const flags = keys.map(flag);
  let known: readonly unknown[] | undefined;
  let values: Values = {};

  /** By their keys: the same object as before, where none has changed. */
  function byKey(now: readonly unknown[]): Values {
    if (now.some((value, index) => value !== known?.[index])) {
      values = Object.fromEntries(keys.map((key, index) => [key, now[index]]));
    }
    known = now;
    return values;
  }

  return {
    subscribe: (changed: () => void) => subscribe(changed, keys),
    now: () => byKey(flags.map(({ now }) => now().value)),
    rendered: () => byKey(flags.map(({ rendered }) => rendered().value)),
  };
}
