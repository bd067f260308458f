import type { EvaluationDetails, Exposure, Outcome, Settlement } from "@burgee/core";
import { type CellsOptions, createCells } from "../src/cells.js";

export const ok: Outcome = { status: "ok", duration: 20 };

/** Work that was given up after a while, in milliseconds. */
export const abortedAfter = (duration: number): Outcome => ({ status: "aborted", duration });

/** Work that failed. */
export const failed = (errorType: string): Outcome => ({
  status: "error",
  duration: 20,
  errorType,
});

/** What is special about an exposure. */
export interface Special {
  readonly gated?: boolean;
  readonly overridden?: true;
  readonly pinned?: true;
  readonly stale?: true;
  readonly unit?: string;
}

export function exposure(
  flag: string,
  variant: string,
  split?: string,
  { gated = false, unit = "ada@example.com", ...details }: Special = {},
): Exposure {
  const given: EvaluationDetails = {
    value: true,
    variant,
    reason: "TARGETING_MATCH",
    flagMetadata: {},
    ...(split !== undefined && { split: { id: split, unit, share: { on: 0.5, off: 0.5 } } }),
    ...details,
  };
  return { flag, variant, details: given, gated, scope: {} };
}

/** Cells, and a scope that has read something and ended. */
export function countCells(options?: CellsOptions) {
  const cells = createCells(options);
  return {
    cells,
    count(read: Exposure | readonly Exposure[], outcome = ok, reidentified = false): void {
      const settlement: Settlement = {
        scope: {},
        exposures: [read].flat(),
        outcome,
        revision: "1",
        startedAt: 0,
        reidentified,
      };
      cells.count(settlement);
    },
  };
}
