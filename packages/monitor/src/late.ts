import type { Outcome } from "@burgee/core";

/** After how long a caller who goes away has waited too long, in milliseconds. */
export const PATIENCE = 5000;

/**
 * Whether a caller went away because the answer was late: work that ended so counts as failed, by a
 * timeout. Once its headers were sent an answer is no longer late.
 *
 * @param patience in milliseconds
 */
export function isLate(
  { status, duration, headersSent }: Outcome,
  patience: number = PATIENCE,
): boolean {
  return status === "aborted" && headersSent !== true && (duration ?? 0) > patience;
}
