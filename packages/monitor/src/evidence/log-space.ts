/** The logarithm of nothing, as far as sums go; finite, so that it survives JSON. */
export const LOG_ZERO = -Number.MAX_VALUE;

/** The logarithm of the sum of two numbers that are given by theirs. */
export function logAdd(first: number, second: number): number {
  const high = Math.max(first, second);
  return high + Math.log1p(Math.exp(Math.min(first, second) - high));
}

/** The logarithm of the gamma function, for what is above 0: Stirling's series, above 10. */
export function logGamma(value: number): number {
  let shift = 0;
  let z = value;
  for (; z < 10; z++) shift -= Math.log(z);
  const square = 1 / (z * z);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / z;
  return shift + (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series;
}
