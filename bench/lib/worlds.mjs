import { binomial } from "./random.mjs";

/**
 * What may happen to a service while a flag is released: bucket by bucket, in a hundred requests each.
 *
 * @typedef {object} World
 * @property {number} buckets
 * @property {(bucket: number) => import("@burgee/monitor").Stratum[]} bucket
 */

const requests = 100;

/** One bucket of a split, of so many requests, a share of which has the treatment. */
export function stratum(random, share, safeRate, treatmentRate, of = requests) {
  const units = binomial(random, of, share);
  return {
    safe: { units: of - units, errors: binomial(random, of - units, safeRate) },
    treatment: { units, errors: binomial(random, units, treatmentRate) },
  };
}

/** Both variants fail alike, and nothing changes. */
export function steady(random, { share, rate, buckets = 200 }) {
  return { buckets, bucket: () => [stratum(random, share, rate, rate)] };
}

/** Both fail alike, of which there is more and more, and then less: 0.2 % to 5 %. */
export function drifting(random, { share }) {
  return {
    buckets: 200,
    bucket(bucket) {
      const rate = 0.026 - 0.024 * Math.cos((2 * Math.PI * bucket) / 200);
      return [stratum(random, share, rate, rate)];
    },
  };
}

/** The share rises from 1 % to 50 %, and then a database fails that both variants need. */
export function sharedIncident(random) {
  const shares = [0.01, 0.05, 0.1, 0.25, 0.5];
  return {
    buckets: 200,
    bucket(bucket) {
      const rate = bucket >= 170 && bucket < 190 ? 0.3 : 0.005;
      return [stratum(random, shares[Math.floor(bucket / 40)], rate, rate)];
    },
  };
}

/** One rule with two percentages: those who pay have 5 %, and fail less, the others have half. */
export function twoSplits(random) {
  return {
    buckets: 200,
    bucket: () => [
      stratum(random, 0.05, 0.002, 0.002, requests / 2),
      stratum(random, 0.5, 0.05, 0.05, requests / 2),
    ],
  };
}

/** The safe side is a 404 of the gate itself, and cannot fail. */
export function gated(random, { share, rate, buckets = 200 }) {
  return { buckets, bucket: () => [stratum(random, share, 0, rate)] };
}

/** The treatment fails more often, from some bucket on. */
export function regression(random, { share, from, to, since = 0 }) {
  return {
    buckets: since + 20_000,
    bucket: (bucket) => [stratum(random, share, from, bucket < since ? from : to)],
  };
}
