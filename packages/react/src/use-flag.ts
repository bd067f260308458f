"use client";
import type { ClientFlagKey, RegisteredClientDefinitions, ValueOf } from "@burgee/core";
import { useCallback, useSyncExternalStore } from "react";
import { useClientFlags } from "./flags-context.js";

/** The value of a registered client flag. */
export type ClientFlagValue<Key extends ClientFlagKey> = ValueOf<RegisteredClientDefinitions[Key]>;

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
  const flags = useClientFlags();
  const answer = useSyncExternalStore(
    useCallback((changed) => flags.subscribe(key, changed), [flags, key]),
    useCallback(() => flags.now(key), [flags, key]),
    useCallback(() => flags.rendered(key), [flags, key]),
  );
  return answer as ClientFlagDetails<Key>;
}
