import { createEvidence, type EvidenceOptions, type Stratum } from "@burgee/monitor";
import { describe, expect, test } from "vitest";
import { binomial, createRandom, plausible, stratum } from "./random.js";

/** The same as `bench/evidence.mjs` does, with fewer runs. */
const runs = 200;
const buckets = 200;
const alpha = 0.01;

type World = (random: () => number, bucket: number) => Stratum[];

/** In how many runs it trips, looked at after each bucket of a hundred requests. */
function trips(world: World, options: EvidenceOptions = {}): number {
  let tripped = 0;
  for (let run = 0; run < runs; run++) {
    const random = createRandom(run + 1);
    const evidence = createEvidence({ alpha, ...options });
    for (let bucket = 0; bucket < buckets && !evidence.tripped; bucket++) {
      evidence.add(world(random, bucket));
    }
    if (evidence.tripped) tripped++;
  }
  return tripped;
}

/** All strata as one. */
function pooled(world: World): World {
  return (random, bucket) => {
    const sum = { safe: { units: 0, errors: 0 }, treatment: { units: 0, errors: 0 } };
    for (const each of world(random, bucket)) {
      for (const side of ["safe", "treatment"] as const) {
        sum[side].units += each[side]?.units ?? 0;
        sum[side].errors += each[side]?.errors ?? 0;
      }
    }
    return [sum];
  };
}

describe("a treatment that is no worse does not trip", () => {
  const cells = [0.5, 0.05, 0.01].flatMap((share) =>
    [0.001, 0.01, 0.05].map((safe) => ({ share, safe })),
  );

  test.each(cells)("%o", (cell) => {
    expect(trips((random) => [stratum(random, cell)])).toBeLessThanOrEqual(plausible(runs, alpha));
  });

  test("while the errors of both rise and fall", () => {
    const world: World = (random, bucket) => {
      const safe = 0.026 - 0.024 * Math.cos((2 * Math.PI * bucket) / buckets);
      return [stratum(random, { safe })];
    };
    expect(trips(world)).toBeLessThanOrEqual(plausible(runs, alpha));
  });

  test("when both fail while its share rises", () => {
    const world: World = (random, bucket) => {
      const share = [0.01, 0.05, 0.1, 0.25, 0.5][Math.floor(bucket / 40)] as number;
      return [stratum(random, { share, safe: bucket >= 170 && bucket < 190 ? 0.3 : 0.005 })];
    };
    expect(trips(world)).toBeLessThanOrEqual(plausible(runs, alpha));
  });

  test("when one rule has two splits, unless they are added up", () => {
    const world: World = (random) => [
      stratum(random, { share: 0.05, safe: 0.002, units: 50 }),
      stratum(random, { share: 0.5, safe: 0.05, units: 50 }),
    ];
    expect(trips(world)).toBeLessThanOrEqual(plausible(runs, alpha));
    expect(trips(pooled(world))).toBe(runs);
  });

  test("behind a gate, when it is held to an slo, and not to the gate's own answers", () => {
    const world: World = (random) => [stratum(random, { safe: 0, treatment: 0.01 })];
    expect(trips(world, { slo: 0.01 })).toBeLessThanOrEqual(plausible(runs, alpha));
    expect(trips(world)).toBe(runs);
  });

  test("when a few users fail all the time, and each counts once", () => {
    const heavy = (once: boolean): World => {
      let left: { safe: number; treatment: number };
      return (random, bucket) => {
        if (bucket === 0) {
          const treatment = binomial(random, 16, 0.5);
          left = { safe: 16 - treatment, treatment };
        }
        const side = (name: "safe" | "treatment") => {
          const errors = binomial(random, left[name], 0.2);
          if (once) left[name] -= errors;
          return { units: 50, errors };
        };
        const counts = { safe: side("safe"), treatment: side("treatment") };
        return [once ? { ...counts, share: 0.5 } : counts];
      };
    };
    expect(trips(heavy(true))).toBeLessThanOrEqual(plausible(runs, alpha));
    expect(trips(heavy(false))).toBeGreaterThan(runs / 10);
  });

  test("when its share is so small that many buckets have none of it", () => {
    const world: World = (random) => {
      const units = binomial(random, 20, 0.05);
      const hits = binomial(random, 2, 0.05);
      const treated = Math.max(units, hits);
      return [
        {
          safe: { units: 20, errors: 2 - hits },
          treatment: { units: treated, errors: hits },
          share: 0.05,
        },
      ];
    };
    expect(trips(world)).toBeLessThanOrEqual(plausible(runs, alpha));
  });
});

describe("one that is worse trips after about as many requests as it should", () => {
  test.each([
    { share: 0.5, safe: 0.01, treatment: 0.02, requests: 7500 },
    { share: 0.05, safe: 0.01, treatment: 0.02, requests: 33_800 },
    { share: 0.5, safe: 0.001, treatment: 0.01, requests: 2500 },
    { share: 0.05, safe: 0.001, treatment: 0.01, requests: 10_400 },
    { share: 0.5, safe: 0.01, treatment: 1, requests: 100 },
  ])("%o", ({ requests, ...change }) => {
    const waits = Array.from({ length: 151 }, (_, run) => {
      const random = createRandom(run + 1);
      const evidence = createEvidence();
      while (!evidence.tripped) evidence.add(stratum(random, change));
      return evidence.buckets * 100;
    });
    const median = waits.sort((one, other) => one - other)[75] as number;
    expect(median).toBeGreaterThanOrEqual(requests * 0.75);
    expect(median).toBeLessThanOrEqual(requests * 1.25);
  });
});
