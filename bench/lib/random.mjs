/**
 * Numbers from 0 to 1 that are the same in every run: Doty-Humphrey's small fast counter.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function createRandom(seed) {
  let [a, b, c, counter] = [0, seed | 0, (seed * 0x9e3779b1) | 0, 1];
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 0x100000000;
  };
  for (let turn = 0; turn < 15; turn++) next();
  return next;
}

/** How many of so many succeed, each with that probability: by how far it is from one to the next. */
export function binomial(random, trials, probability) {
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  if (probability <= 0) return 0;
  const log = Math.log1p(-probability);
  let hits = -1;
  for (let at = 0; at <= trials; hits++) at += 1 + Math.floor(Math.log(1 - random()) / log);
  return hits;
}
