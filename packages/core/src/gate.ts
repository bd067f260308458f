/**
 * Whether a variant opens a gate: it is one of `is`, or, without `is`, its value is `true`.
 *
 * @example
 * ```ts
 * import { opensGate } from "@burgee/core";
 *
 * opensGate({ value: true, variant: "on" }); // true
 * opensGate({ value: "hybrid", variant: "hybrid" }, ["hybrid", "vector"]); // true
 * opensGate({ value: "bm25", variant: "bm25" }); // false: it is not on/off, and nothing was named
 * ```
 */
export function opensGate(
  { value, variant }: { readonly value: unknown; readonly variant?: string },
  is?: string | readonly string[],
): boolean {
  if (is === undefined) return value === true;
  return variant !== undefined && (typeof is === "string" ? is === variant : is.includes(variant));
}
