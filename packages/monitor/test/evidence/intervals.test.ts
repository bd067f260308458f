import { createEvidence, type Intervals } from "@burgee/monitor";
import { describe, expect, test } from "vitest";
import { createRandom, plausible, stratum } from "./random.js";

const runs = 100;

/** In how many runs what is true is ever outside, looked at after every bucket. */
function misses(
  of: keyof Intervals,
  { share = 0.5, safe = 0.02, treatment = 0.02, drift = false, buckets = 60 },
): number {
  let missed = 0;
  for (let run = 0; run < runs; run++) {
    const random = createRandom(run + 1);
    const evidence = createEvidence();
    let rates = 0;
    let outside = false;
    for (let bucket = 0; bucket < buckets && !outside; bucket++) {
      const factor = drift ? 1 + bucket / 20 : 1;
      const added = stratum(random, { share, safe: safe * factor, treatment: treatment * factor });
      evidence.add(added);
      rates += added.safe.units * safe * factor;
      const truth = {
        safe: rates / Math.max(1, evidence.safe.units),
        treatment,
        rateRatio: treatment / safe,
        oddsRatio: (treatment * (1 - safe)) / (safe * (1 - treatment)),
      };
      const [lower, upper] = evidence.intervals(0.9)[of];
      outside = lower > truth[of] || upper < truth[of];
    }
    if (outside) missed++;
  }
  return missed;
}

test("without counts the bounds say nothing", () => {
  expect(createEvidence().intervals()).toEqual({
    rateRatio: [0, Number.POSITIVE_INFINITY],
    oddsRatio: [0, Number.POSITIVE_INFINITY],
    safe: [0, 1],
    treatment: [0, 1],
  });
});

describe("in nine of ten runs at least the truth is never outside", () => {
  test.each<[keyof Intervals, Parameters<typeof misses>[1]]>([
    ["safe", {}],
    ["safe", { drift: true }],
    ["treatment", { treatment: 0.3, share: 0.05 }],
    ["rateRatio", {}],
    ["rateRatio", { share: 0.05, treatment: 0.06 }],
    ["rateRatio", { share: 0.9, treatment: 0.005 }],
    ["rateRatio", { drift: true, treatment: 0.04 }],
    ["oddsRatio", { treatment: 0.04 }],
    ["oddsRatio", { safe: 0.3, treatment: 0.6 }],
    ["oddsRatio", { safe: 0.4, treatment: 0.2 }],
  ])("%s: %o", (of, world) => {
    expect(misses(of, world)).toBeLessThanOrEqual(plausible(runs, 0.1));
  });
});

describe("bounds close in on the truth", () => {
  const random = createRandom(7);
  const evidence = createEvidence();
  for (let bucket = 0; bucket < 100; bucket++) {
    evidence.add(stratum(random, { units: 10_000, safe: 0.01, treatment: 0.03 }));
  }

  test.each<[keyof Intervals, number, number]>([
    ["safe", 0.0093, 0.0107],
    ["treatment", 0.0285, 0.0315],
    ["rateRatio", 2.7, 3.35],
    ["oddsRatio", 2.7, 3.45],
  ])("%s is within %d and %d", (of, least, most) => {
    const [lower, upper] = evidence.intervals()[of];
    expect(lower).toBeGreaterThan(least);
    expect(upper).toBeLessThan(most);
    expect(lower).toBeLessThan(upper);
  });

  test("more confidence, wider bounds", () => {
    const [lower, upper] = evidence.intervals(0.5).rateRatio;
    const wider = evidence.intervals(0.999).rateRatio;
    expect(wider[0]).toBeLessThan(lower);
    expect(wider[1]).toBeGreaterThan(upper);
  });
});

test("a side without errors may have none, and one of errors only nothing else", () => {
  const evidence = createEvidence();
  evidence.add({ safe: { units: 100, errors: 0 }, treatment: { units: 100, errors: 100 } });
  const { safe, treatment } = evidence.intervals();
  expect(safe[0]).toBe(0);
  expect(safe[1]).toBeGreaterThan(0.03);
  expect(safe[1]).toBeLessThan(0.1);
  expect(treatment[0]).toBeCloseTo(1 - safe[1], 10);
  expect(treatment[1]).toBe(1);
});

test("against an slo the ratios are those to the slo", () => {
  const evidence = createEvidence({ slo: 0.01 });
  evidence.add({ treatment: { units: 10_000, errors: 300 } });
  const { rateRatio, treatment } = evidence.intervals();
  expect(rateRatio[0]).toBeCloseTo(treatment[0] / 0.01, 10);
  expect(rateRatio[1]).toBeCloseTo(treatment[1] / 0.01, 10);
  expect(rateRatio[0]).toBeGreaterThan(2);
});

test("a confidence of 1 is refused", () => {
  expect(() => createEvidence().intervals(1)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS" }),
  );
});
