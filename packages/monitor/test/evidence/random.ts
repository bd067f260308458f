/** Numbers from 0 to 1 that are the same in every run. */
export function createRandom(seed: number): () => number {
  let state = seed * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}

/** How many of so many succeed. */
export function binomial(random: () => number, trials: number, probability: number): number {
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  if (probability === 0) return 0;
  const log = Math.log1p(-probability);
  let hits = -1;
  for (let at = 0; at <= trials; hits++) at += 1 + Math.floor(Math.log(1 - random()) / log);
  return hits;
}

/** A split, and how many of each side fail. */
export interface Traffic {
  readonly share?: number;
  readonly safe?: number;
  /** As many as of the safe side, unless it says otherwise. */
  readonly treatment?: number;
  readonly units?: number;
}

/** One bucket of a split. */
export function stratum(random: () => number, traffic: Traffic = {}) {
  const { share = 0.5, safe = 0.01, units = 100 } = traffic;
  const treated = binomial(random, units, share);
  return {
    safe: { units: units - treated, errors: binomial(random, units - treated, safe) },
    treatment: { units: treated, errors: binomial(random, treated, traffic.treatment ?? safe) },
  };
}

/** The most that so many trials may plausibly hit at that probability: more has one in a million. */
export function plausible(trials: number, probability: number): number {
  let term = (1 - probability) ** trials;
  let below = term;
  let hits = 0;
  while (1 - below > 1e-6) {
    term *= ((trials - hits) / (hits + 1)) * (probability / (1 - probability));
    below += term;
    hits++;
  }
  return hits;
}
