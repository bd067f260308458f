import type { Exposure, Settlement } from "@burgee/core";
import { isLate } from "../late.js";
import { markOf } from "../mark.js";
import { epochIn } from "./standing.js";

/** An exposure that a guard counts. */
export interface Countable {
  readonly exposure: Exposure;
  readonly failed: boolean;
}

/** What a guard counts of a scope that ended: one exposure of its flag, which a split decided in this epoch. */
export function countableOf(
  { exposures, outcome, reidentified }: Settlement,
  flag: string,
  epoch: number,
): Countable | undefined {
  let exposure: Exposure | undefined;
  let conflict = false;
  for (const one of exposures) {
    if (one.flag !== flag) continue;
    exposure ??= one;
    conflict ||= one.variant !== exposure.variant;
  }
  if (exposure?.details.split === undefined) return undefined;
  if (epochIn(exposure.details.flagMetadata) !== epoch) return undefined;
  const mark = markOf(exposure, reidentified, conflict);
  if (mark !== undefined && mark !== "gated") return undefined;
  const { status } = outcome;
  if (status === "aborted" && !isLate(outcome)) return undefined;
  return { exposure, failed: status !== "ok" };
}
