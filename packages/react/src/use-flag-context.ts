"use client";
import { useMemo, useSyncExternalStore } from "react";
import { useClientFlags } from "./flags-context.js";

/** Whom the values are of, and how that changes. */
export interface FlagContext {
  /**
   * Asks for the values of somebody else, at login for example. The old values stay on the screen until
   * the new ones are there, and then change all at once. The provider's own `context` counts again
   * when it changes.
   *
   * @returns a promise that never rejects: it resolves once the server has answered, has refused, or has
   * let five seconds pass
   */
  readonly identify: (context: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Whether the values of who is asking are still to come, and there are another's or none. */
  readonly pending: boolean;
}

/**
 * Says who is asking, without a reload.
 *
 * @example
 * ```tsx
 * import { useFlagContext } from "@burgee/react";
 *
 * export function LogIn() {
 *   const { identify, pending } = useFlagContext();
 *   const logIn = () => identify({ targetingKey: "ada" });
 *   return <button onClick={logIn} disabled={pending}>Log in</button>;
 * }
 * ```
 */
export function useFlagContext(): FlagContext {
  const { client } = useClientFlags();
  const pending = useSyncExternalStore(
    client.subscribe,
    () => client.pending,
    () => false,
  );
  return useMemo(() => ({ identify: client.identify, pending }), [client, pending]);
}
