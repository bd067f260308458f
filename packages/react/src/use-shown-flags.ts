"use client";
import { useCallback } from "react";
import { useClientFlags } from "./flags-context.js";

/**
 * Gives what tells, whenever it is called, which flags of the nearest provider are on the screen, and in
 * which variants: for what a page says of itself, as its spans do. It is no reading of them.
 *
 * @example
 * ```tsx
 * import { useShownFlags } from "@burgee/react";
 *
 * export function Report() {
 *   const shown = useShownFlags();
 *   return <button onClick={() => console.log(new Map(shown()))}>Report a fault</button>;
 * }
 * ```
 */
export function useShownFlags(): () => readonly (readonly [flag: string, variant: string])[] {
  const { client, flag } = useClientFlags();
  return useCallback(
    () => client.shown().map((key) => [key, flag(key).now().variant ?? ""]),
    [client, flag],
  );
}
