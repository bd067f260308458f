import type { Arrivals } from "../sample-ratio.js";

/** The p-value that is low enough: any instance of a fleet says it for all, and each may be wrong. */
const LOW = 0.0001;

/** How the units of a split arrive; undefined of one that is not counted. */
export type ArrivalsOf = (split: string) => Arrivals | undefined;

/**
 * Whether more units arrive with the treatment than a split should give, beside the safe variant: then it
 * has more than its share of the errors, though it fails no more often. With fewer it has less than its
 * share, and what speaks against it nevertheless is true.
 */
export function isSkewed(arrivals: Arrivals | undefined, treatment: string, safe: string): boolean {
  if (arrivals === undefined || arrivals.pValue > LOW) return false;
  const { units, expected } = arrivals;
  return excess(units, expected, treatment) > excess(units, expected, safe);
}

/** How many times as many units of a variant arrive as should. */
function excess(units: Arrivals["units"], expected: Arrivals["units"], variant: string): number {
  return (units[variant] ?? 0) / (expected[variant] ?? 0);
}
