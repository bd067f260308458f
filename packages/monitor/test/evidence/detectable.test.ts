import { createEvidence, detectableIn, type Regression } from "@burgee/monitor";
import { describe, expect, test } from "vitest";
import { createRandom, stratum } from "./random.js";

/** A hundred units in a bucket of ten seconds. */
const traffic = { unitsPerMinute: 600, share: 0.5, safeRate: 0.01 };

/** The minutes that it took, in the median. */
function median({ share, safeRate = 0, treatmentRate, ...test }: Regression): number {
  const waits: number[] = [];
  for (let run = 0; run < 101; run++) {
    const random = createRandom(run + 1);
    const evidence = createEvidence(test);
    while (!evidence.tripped) {
      evidence.add(stratum(random, { share, safe: safeRate, treatment: treatmentRate }));
    }
    waits.push(evidence.buckets / 6);
  }
  return waits.sort((one, other) => one - other)[50] as number;
}

describe("what is told is what it takes, or up to a third more", () => {
  test.each<Omit<Regression, "unitsPerMinute">>([
    { share: 0.5, safeRate: 0.01, treatmentRate: 0.02 },
    { share: 0.05, safeRate: 0.01, treatmentRate: 0.03 },
    { share: 0.5, safeRate: 0.001, treatmentRate: 0.01 },
    { share: 0.05, safeRate: 0.001, treatmentRate: 0.01 },
    { share: 0.5, safeRate: 0.01, treatmentRate: 1 },
    { share: 0.5, safeRate: 0.01, treatmentRate: 0.04, tolerated: 2 },
    { share: 0.5, treatmentRate: 0.02, slo: 0.01 },
    { share: 0.5, safeRate: 0.01, treatmentRate: 0.03, alpha: 0.0001 },
  ])("%o", (regression) => {
    const told = detectableIn({ ...traffic, ...regression });
    const took = median({ ...traffic, ...regression });
    expect(told / took).toBeGreaterThan(0.85);
    expect(told / took).toBeLessThan(1.34);
  });
});

test("ten times the traffic takes about a tenth of the time", () => {
  const regression = { ...traffic, treatmentRate: 0.015 };
  const ratio = detectableIn(regression) / detectableIn({ ...regression, unitsPerMinute: 6000 });
  expect(ratio).toBeGreaterThan(8);
  expect(ratio).toBeLessThan(12);
});

test.each([
  [0.05, 0.02, "7.0"],
  [0.05, 0.05, "0.7"],
  [0.5, 0.02, "1.5"],
])(
  "the guide's example, of %d from 1 %% to %d, takes the minutes it says",
  (share, treatmentRate, minutes) => {
    const told = detectableIn({ unitsPerMinute: 6000, safeRate: 0.01, share, treatmentRate });
    expect(told.toFixed(1)).toBe(minutes);
  },
);

test("a tenth more errors is never detected, a seventh is", () => {
  const much = { ...traffic, unitsPerMinute: 1e8 };
  expect(detectableIn({ ...much, treatmentRate: 0.011 })).toBe(Number.POSITIVE_INFINITY);
  expect(detectableIn({ ...much, treatmentRate: 0.0115 })).toBeLessThan(10);
});

test.each<[string, Partial<Regression>]>([
  ["a treatment that is no worse", { treatmentRate: 0.01 }],
  ["no traffic", { unitsPerMinute: 0 }],
  ["a treatment without traffic", { share: 0 }],
  ["nothing to compare with", { share: 1 }],
  ["a regression that is tolerated", { tolerated: 2 }],
  ["a comparison that ends before", { plannedBuckets: 20 }],
])("is never detected: %s", (_, change) => {
  expect(detectableIn({ ...traffic, treatmentRate: 0.02, ...change })).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test("any amount of traffic is a number", () => {
  const regression = { ...traffic, treatmentRate: 0.02 };
  expect(detectableIn({ ...regression, unitsPerMinute: 1e12 })).toBeCloseTo(1 / 6, 10);
});

test.each<[string, Partial<Regression>]>([
  ["a negative rate", { safeRate: -0.1 }],
  ["a rate above 1", { treatmentRate: 1.5 }],
  ["a share that is NaN", { share: Number.NaN }],
  ["buckets without a length", { bucketSeconds: 0 }],
  ["endless traffic", { unitsPerMinute: Number.POSITIVE_INFINITY }],
  ["an alpha of 2", { alpha: 2 }],
])("%s is refused", (_, change) => {
  expect(() => detectableIn({ ...traffic, treatmentRate: 0.02, ...change })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS" }),
  );
});

test("without a safe rate there must be an slo", () => {
  const { safeRate, ...rest } = traffic;
  expect(() => detectableIn({ ...rest, treatmentRate: safeRate * 2 })).toThrow("safeRate");
});
