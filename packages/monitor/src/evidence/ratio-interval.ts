import type { Interval } from "./interval.js";
import { logAdd } from "./log-space.js";

/** The logarithms of the ratios that likelihoods are kept of: 1/1000 to 1000, 3 % apart around 1. */
const LOG_RATIOS: readonly number[] = Array.from({ length: 81 }, (_, index) => {
  const reach = Math.asinh(Math.log(1000) / 0.3);
  return 0.3 * Math.sinh((reach * (index - 40)) / 40);
});

/** The ratios that likelihoods are kept of. */
export const RATIOS: readonly number[] = LOG_RATIOS.map(Math.exp);

/**
 * Bounds of how many times as often the treatment fails, that hold at all times at once: the ratios
 * that a mixture of all of them does not speak against. Between two ratios the likelihood is bounded
 * by what it does beside them, since its logarithm is concave in the logarithm of the ratio.
 *
 * @see Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence
 * sequences. Annals of Statistics 49 (2021), 1055–1080
 * @param likelihoods the logarithms of the likelihoods of {@link RATIOS}
 * @param alpha the probability that the ratio is ever outside
 */
export function ratioInterval(likelihoods: Float64Array, alpha: number): Interval {
  const mixture = likelihoods.reduce(logAdd) - Math.log(RATIOS.length);
  const least = mixture + Math.log(alpha);
  const inside = [...likelihoods.keys()].filter((at) => (likelihoods[at] as number) > least);
  const first = inside[0] as number;
  const last = inside.at(-1) as number;
  return [
    first === 0 ? 0 : Math.exp(edge(likelihoods, first, -1, least)),
    last === RATIOS.length - 1
      ? Number.POSITIVE_INFINITY
      : Math.exp(edge(likelihoods, last, 1, least)),
  ];
}

/**
 * Where, beyond the last ratio inside, the likelihood has surely fallen to the least: it stays below
 * the lines through the two ratios before, and through the two behind.
 */
function edge(likelihoods: Float64Array, last: number, step: -1 | 1, least: number): number {
  const next = last + step;
  const [from, to] = [LOG_RATIOS[last] as number, LOG_RATIOS[next] as number];
  const crossings = [
    reach(likelihoods, last - step, last, least),
    reach(likelihoods, next + step, next, least),
  ].filter((at) => (at - from) * (at - to) < 0);
  return step === 1 ? Math.min(to, ...crossings) : Math.max(to, ...crossings);
}

/** Where the line through two likelihoods has a height; NaN without one of them. */
function reach(likelihoods: Float64Array, one: number, other: number, height: number): number {
  const [from, to] = [LOG_RATIOS[one] ?? Number.NaN, LOG_RATIOS[other] as number];
  const [low, high] = [likelihoods[one] ?? Number.NaN, likelihoods[other] as number];
  return to + ((height - high) * (to - from)) / (high - low);
}
