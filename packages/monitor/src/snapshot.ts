import type { Cell } from "./cell.js";
import type { ClientCounts } from "./client-cells.js";
import type { GuardedVariant } from "./guard/guarded-variants.js";
import type { SplitCheck } from "./sample-ratio.js";

/** The counts of a monitor at one moment, since it was created; and what its guards know now. */
export interface MonitorSnapshot {
  /** When the counting began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When it was made, in milliseconds since the epoch. */
  readonly takenAt: number;
  /** One cell for each flag, split and variant that was read, and for each reason not to compare it. */
  readonly cells: readonly Cell[];
  /** Whether the units of each split arrive as it was told to give. */
  readonly splits: readonly SplitCheck[];
  /** One entry for each flag and variant that is guarded. */
  readonly guards: readonly GuardedVariant[];
  /** What browsers report. It is another metric: never add it to the server's. */
  readonly client: ClientCounts;
}
