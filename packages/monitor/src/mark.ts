import type { Exposure } from "@burgee/core";

/**
 * Why a variant cannot be compared with the others of its split:
 *
 * - `overridden`: somebody asked for the variant, mostly a test
 * - `pinned`: this process served the safe variant, whatever the rules said
 * - `conflict`: the same work had read another variant of the flag before
 * - `reidentified`: it became known who was asking after some flags had been read
 * - `gated`: one side is answered by the gate, which cannot fail
 */
export type Mark = "overridden" | "pinned" | "conflict" | "reidentified" | "gated";

/**
 * Why an exposure cannot be compared, the graver reason first. One that was decided in an outage can:
 * the last known rules split as fairly as the newest.
 *
 * @param conflict whether the same scope has read another variant of the flag before
 */
export function markOf(
  { details, gated }: Exposure,
  reidentified: boolean,
  conflict: boolean,
): Mark | undefined {
  if (details.overridden === true) return "overridden";
  if (details.pinned === true) return "pinned";
  if (conflict) return "conflict";
  if (reidentified) return "reidentified";
  return gated ? "gated" : undefined;
}
