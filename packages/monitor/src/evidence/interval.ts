/** A lower and an upper bound. */
export type Interval = readonly [lower: number, upper: number];

/**
 * Where a function falls below 0, by halving: the outer side of it.
 *
 * @param inside where it is above 0
 * @param outside where it is below, on either side
 */
export function crossing(of: (at: number) => number, inside: number, outside: number): number {
  let [within, beyond] = [inside, outside];
  for (let step = 0; step < 60; step++) {
    const middle = (within + beyond) / 2;
    if (of(middle) >= 0) within = middle;
    else beyond = middle;
  }
  return beyond;
}
