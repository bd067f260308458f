import { createEvidence } from "@burgee/monitor";
import { createCompanies } from "./companies.mjs";
import { createRandom } from "./random.mjs";
import { drifting, gated, regression, sharedIncident, steady, twoSplits } from "./worlds.mjs";
import { peekedZTest } from "./z-test.mjs";

const runs = 2000;

/** The requests in a bucket. */
const requests = 100;

/** The shares and rates of the cells of A/A, in percent. */
const shares = [50, 5, 1];
const rates = [0.1, 1, 5];

/**
 * Each simulation, by name, and what it finds: in percent of its runs how often each test tripped, or
 * after how many requests, in the median.
 *
 * @type {Record<string, () => Record<string, number>>}
 */
export const simulations = {
  ...Object.fromEntries(
    shares.flatMap((share) =>
      rates.map((rate) => [
        `a/a ${share} ${rate}`,
        () => falseTrips((random) => steady(random, { share: share / 100, rate: rate / 100 })),
      ]),
    ),
  ),
  "drift 50": () => falseTrips((random) => drifting(random, { share: 0.5 })),
  "drift 5": () => falseTrips((random) => drifting(random, { share: 0.05 })),
  incident: () => falseTrips(sharedIncident),
  "two splits": () => falseTrips(twoSplits, { pooled: true }),
  "gated compared": () => falseTrips((random) => gated(random, { share: 0.5, rate: 0.01 })),
  "gated slo": () =>
    falseTrips((random) => gated(random, { share: 0.5, rate: 0.01 }), { slo: 0.01 }),
  companies: splitByCompany,
  "1 → 2, 50": () => detection({ share: 0.5, from: 0.01, to: 0.02 }),
  "1 → 2, 5": () => detection({ share: 0.05, from: 0.01, to: 0.02 }),
  "0.1 → 1, 50": () => detection({ share: 0.5, from: 0.001, to: 0.01 }),
  "0.1 → 1, 5": () => detection({ share: 0.05, from: 0.001, to: 0.01 }),
  "1 → 100, 50": () => detection({ share: 0.5, from: 0.01, to: 1 }),
  "1 → 5, slo": () => detection({ share: 0.5, from: 0, to: 0.05 }, { slo: 0.01 }),
  "1 → 2, 50, late": () => detection({ share: 0.5, from: 0.01, to: 0.02, since: 4320 }, {}, 200),
};

/** How often a test trips although nothing is worse. */
function falseTrips(world, { pooled = false, ...options } = {}) {
  const trips = { evidence: 0, pooled: 0, z: 0 };
  for (let run = 0; run < runs; run++) {
    const { buckets, bucket } = world(createRandom(run + 1));
    const evidence = createEvidence(options);
    const together = createEvidence(options);
    const z = peekedZTest();
    for (let at = 0; at < buckets && !(evidence.tripped && z.tripped); at++) {
      const strata = bucket(at);
      evidence.add(strata);
      if (pooled) together.add(sumOf(strata));
      z.add(strata);
    }
    trips.evidence += evidence.tripped;
    trips.pooled += together.tripped;
    trips.z += z.tripped;
  }
  const { evidence, z } = percent(trips);
  return pooled ? percent(trips) : { evidence, z };
}

/** How often a test trips although nothing is worse, by what is counted. */
function splitByCompany() {
  const trips = { requests: 0, users: 0, companies: 0, z: 0 };
  for (let run = 0; run < runs; run++) {
    const bucket = createCompanies(createRandom(run + 1), 0.5);
    const z = peekedZTest();
    const evidence = {
      requests: createEvidence(),
      users: createEvidence(),
      companies: createEvidence(),
    };
    for (let at = 0; at < 200; at++) {
      const counted = bucket();
      for (const unit of Object.keys(evidence)) evidence[unit].add(counted[unit]);
      z.add([counted.requests]);
    }
    for (const unit of Object.keys(evidence)) trips[unit] += evidence[unit].tripped;
    trips.z += z.tripped;
  }
  return percent(trips);
}

/** After how many requests it trips, in the median, counted from when the treatment is worse. */
function detection({ since = 0, ...change }, options = {}, of = 1000) {
  const waits = [];
  for (let run = 0; run < of; run++) {
    const { buckets, bucket } = regression(createRandom(run + 1), { since, ...change });
    const evidence = createEvidence(options);
    let at = 0;
    while (at < buckets && !evidence.tripped) evidence.add(bucket(at++));
    waits.push(Math.max(0, at - since) * requests);
  }
  waits.sort((first, second) => first - second);
  return { median: (waits[of / 2 - 1] + waits[of / 2]) / 2 };
}

function percent(trips) {
  return Object.fromEntries(
    Object.entries(trips).map(([test, count]) => [test, (100 * count) / runs]),
  );
}

/** All strata as one: what must not be done. */
function sumOf(strata) {
  const side = (name, count) => strata.reduce((sum, stratum) => sum + stratum[name][count], 0);
  const sideOf = (name) => ({ units: side(name, "units"), errors: side(name, "errors") });
  return { safe: sideOf("safe"), treatment: sideOf("treatment") };
}
