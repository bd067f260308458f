import { createEvidence, type Stratum } from "@burgee/monitor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const RATIOS = [1.25, 1.5, 2, 3, 4, 6, 10, 20, 50, 100, 300, 1000];

const counts = (most: number) =>
  fc
    .tuple(fc.nat(most), fc.nat(most))
    .map(([one, other]) => ({ units: Math.max(one, other), errors: Math.min(one, other) }));
const strata = fc.record({ safe: counts(12), treatment: counts(12) });
const bucket = fc.array(strata, { maxLength: 3 });
const buckets = fc.array(bucket, { maxLength: 5 });

function after(history: readonly (readonly Stratum[])[], options = {}) {
  const evidence = createEvidence(options);
  for (const each of history) evidence.add(each);
  return evidence;
}

/** Without logarithms, as the formula is written. */
function naive(
  history: Required<Pick<Stratum, "safe" | "treatment">>[][],
  planned: number,
  tolerated: number,
) {
  const sums = RATIOS.map(() => 0);
  let staked = 0;
  for (const [index, each] of history.entries()) {
    const weight = index === 0 ? 1 / 2 : index < planned ? 1 / (2 * planned) : 0;
    staked += weight;
    for (const [at, multiple] of RATIOS.entries()) {
      const ratio = multiple * tolerated;
      let likelihood = 1;
      for (const { safe, treatment } of each) {
        if (safe.units === 0 || treatment.units === 0) continue;
        const share = treatment.units / (safe.units + treatment.units);
        likelihood *=
          (ratio / tolerated) ** treatment.errors *
          ((1 + share * (tolerated - 1)) / (1 + share * (ratio - 1))) **
            (safe.errors + treatment.errors);
      }
      sums[at] = ((sums[at] as number) + weight / 12) * likelihood;
    }
  }
  return sums.reduce((sum, each) => sum + each, 1 - staked);
}

test("evidence is what the formula gives without logarithms", () => {
  fc.assert(
    fc.property(
      buckets,
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(1, 1.5, 3),
      (history, plannedBuckets, tolerated) => {
        const { e } = after(history, { plannedBuckets, tolerated });
        const expected = naive(history, plannedBuckets, tolerated);
        expect(Math.abs(e / expected - 1)).toBeLessThan(1e-9);
      },
    ),
  );
});

test("the order of the strata of a bucket does not matter", () => {
  fc.assert(
    fc.property(buckets, bucket, fc.infiniteStream(fc.nat()), (history, last, keys) => {
      const shuffled = last
        .map((each) => [keys.next().value as number, each] as const)
        .sort(([one], [other]) => one - other)
        .map(([, each]) => each);
      const one = after([...history, last]);
      const other = after([...history, shuffled]);
      expect(other.logE).toBeCloseTo(one.logE, 9);
      expect(other.intervals().rateRatio[0]).toBeCloseTo(one.intervals().rateRatio[0], 9);
    }),
  );
});

test("a stratum that is added as two buckets says what it says as one with two strata, but for the start", () => {
  fc.assert(
    fc.property(strata, strata, (one, other) => {
      const together = after([[one, other]], { plannedBuckets: 1 });
      const apart = after([[one], [other]], { plannedBuckets: 1 });
      expect(apart.logE).toBeCloseTo(together.logE, 9);
    }),
  );
});

function choose(of: number, some: number): number {
  let ways = 1;
  for (let at = 1; at <= some; at++) ways *= (of - some + at) / at;
  return some > of ? 0 : ways;
}

/** What the evidence is expected to be after one more bucket. */
function expected(
  history: readonly (readonly Stratum[])[],
  next: readonly (readonly [weight: number, stratum: Stratum])[],
  options = {},
) {
  const total = next.reduce((sum, [weight]) => sum + weight, 0);
  return next.reduce(
    (sum, [weight, stratum]) => sum + (weight / total) * after([...history, [stratum]], options).e,
    0,
  );
}

describe("a bucket of a treatment that is no worse adds no evidence, in expectation", () => {
  const sizes = fc.record({
    safe: fc.integer({ min: 0, max: 9 }),
    treatment: fc.integer({ min: 0, max: 9 }),
  });

  /** Each way that so many errors may have fallen, at a ratio of odds. */
  function falls(safe: number, treatment: number, errors: number, odds: number) {
    return Array.from({ length: errors + 1 }, (_, hits) => {
      const weight = choose(treatment, hits) * choose(safe, errors - hits) * odds ** hits;
      return [
        weight,
        {
          safe: { units: safe, errors: errors - hits },
          treatment: { units: treatment, errors: hits },
        },
      ] as const;
    }).filter(([weight]) => weight > 0);
  }

  test("whatever the errors are that both sides have", () => {
    fc.assert(
      fc.property(buckets, sizes, fc.nat(18), (history, { safe, treatment }, some) => {
        const errors = Math.min(some, safe + treatment);
        const before = after(history).e;
        const next = expected(history, falls(safe, treatment, errors, 1));
        expect(next).toBeLessThanOrEqual(before * (1 + 1e-9));
      }),
    );
  });

  test("where it is as much worse as is tolerated, or less", () => {
    const odds = fc.double({ min: 0.1, max: 3, noNaN: true });
    fc.assert(
      fc.property(buckets, sizes, fc.nat(18), odds, (history, { safe, treatment }, some, ratio) => {
        const errors = Math.min(some, safe + treatment);
        const options = { tolerated: 3 };
        const before = after(history, options).e;
        const next = expected(history, falls(safe, treatment, errors, ratio), options);
        expect(next).toBeLessThanOrEqual(before * (1 + 1e-9));
      }),
    );
  });

  test("and none is lost where the split's share is what it is configured to be", () => {
    const shares = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(buckets, fc.nat(8), shares, (history, errors, share) => {
        const next = Array.from({ length: errors + 1 }, (_, hits) => {
          const weight = choose(errors, hits) * share ** hits * (1 - share) ** (errors - hits);
          const safe = { units: errors - hits + 1, errors: errors - hits };
          return [weight, { safe, treatment: { units: hits, errors: hits }, share }] as const;
        });
        expect(expected(history, next) / after(history).e).toBeCloseTo(1, 8);
      }),
    );
  });

  test("and against an slo", () => {
    const rates = fc.double({ min: 0.001, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(buckets, fc.nat(12), rates, (history, units, rate) => {
        const at = (probability: number) =>
          expected(
            history,
            Array.from({ length: units + 1 }, (_, errors) => {
              const weight =
                choose(units, errors) *
                probability ** errors *
                (1 - probability) ** (units - errors);
              return [weight, { treatment: { units, errors } }] as const;
            }),
            { slo: 0.1 },
          );
        const before = after(history, { slo: 0.1 }).e;
        expect(at(0.1) / before).toBeCloseTo(1, 8);
        expect(at(rate)).toBeLessThanOrEqual(before * (1 + 1e-9));
      }),
    );
  });
});
