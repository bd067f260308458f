import { crossing, type Interval } from "./interval.js";
import { logGamma } from "./log-space.js";
import type { Counts } from "./stratum.js";

/** Odds beyond e^±40 are 0 and 1. */
const MOST = 40;

/**
 * Bounds of an error rate that hold at all times at once, however often one looks: of the average
 * rate so far, where it changes. Inverts a beta-binomial mixture with Jeffreys' prior.
 *
 * @see Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence
 * sequences. Annals of Statistics 49 (2021), 1055–1080
 * @param alpha the probability that the rate is ever outside
 */
export function rateInterval({ units, errors }: Counts, alpha: number): Interval {
  if (units === 0) return [0, 1];
  const successes = units - errors;
  const mixture =
    logGamma(errors + 0.5) + logGamma(successes + 0.5) - logGamma(units + 1) - Math.log(Math.PI);
  const within = (logOdds: number) => {
    const logRate = -Math.log1p(Math.exp(-logOdds));
    const logSuccess = -Math.log1p(Math.exp(logOdds));
    return errors * logRate + successes * logSuccess - mixture - Math.log(alpha);
  };
  const observed = Math.log((errors + 0.5) / (successes + 0.5));
  return [
    errors === 0 ? 0 : rateAt(crossing(within, observed, -MOST)),
    successes === 0 ? 1 : rateAt(crossing(within, observed, MOST)),
  ];
}

function rateAt(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
