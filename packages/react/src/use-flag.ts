"use client";
import type { ClientFlagKey } from "@burgee/core";
import { useSyncExternalStore } from "react";
import { useClientFlags } from "./flags-context.js";
import type { ClientFlagValue } from "./values.js";

/** A client flag's value, and how it came about. */
export interface ClientFlagDetails<Key extends ClientFlagKey = ClientFlagKey> {
  readonly key: string;
  readonly value: ClientFlagValue<Key>;
  /** The variant's name. */
  readonly variant?: string;
  readonly reason: string;
}

/**
 * A flag's value. The component renders again when this flag changes, and for no other.
 *
 * @example
 * ```tsx
 * import { useFlag } from "@burgee/react";
 *
 * export function Results() {
 *   const ranking = useFlag("search-ranking");
 *   return <p>ranked by {String(ranking)}</p>;
 * }
 * ```
 */
export function useFlag<Key extends ClientFlagKey>(key: Key): ClientFlagValue<Key> {
  return useFlagDetails(key).value;
}

/** A flag's value, its variant and the reason for it. */
export function useFlagDetails<Key extends ClientFlagKey>(key: Key): ClientFlagDetails<Key> {
  const { subscribe, now, rendered } = useClientFlags().flag(key);
  return useSyncExternalStore(subscribe, now, rendered) as ClientFlagDetails<Key>;
}
