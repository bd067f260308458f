/**
 * How many times as often the treatment may fail, of what is tolerated: each is an alternative that
 * the same share of the evidence is staked on.
 */
export const ALTERNATIVES: readonly number[] = [1.25, 1.5, 2, 3, 4, 6, 10, 20, 50, 100, 300, 1000];

/** Adds up, for each of several ratios, the logarithm of how much likelier the counts are under it. */
export interface LogLikelihood {
  /**
   * Adds what one count says, to the sums so far.
   *
   * @param hits those of the trials that count for the ratio
   * @param share how probable a hit is at a ratio of 1
   */
  add(sums: Float64Array, hits: number, trials: number, share: number): void;
}

/**
 * The likelihood ratio of a ratio of odds: that of an error being the treatment's, or, with the share
 * of an slo, of a unit failing.
 *
 * @param tolerated the ratio that they are compared with; the ratios are multiples of it
 */
export function createLogLikelihood(ratios: readonly number[], tolerated: number): LogLikelihood {
  const logs = Float64Array.from(ratios, Math.log);
  const excesses = Float64Array.from(ratios, (ratio) => ratio * tolerated - 1);
  return {
    add(sums, hits, trials, share) {
      if (trials === 0) return;
      const base = Math.log1p(share * (tolerated - 1));
      for (let index = 0; index < sums.length; index++) {
        const under = Math.log1p(share * (excesses[index] as number));
        (sums[index] as number) += hits * (logs[index] as number) + trials * (base - under);
      }
    },
  };
}
