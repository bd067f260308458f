import { createEvidence, type EvidenceOptions, type Stratum } from "@burgee/monitor";
import { describe, expect, test } from "vitest";

function stratum(safe: [number, number], treatment: [number, number], share?: number): Stratum {
  return {
    safe: { units: safe[0], errors: safe[1] },
    treatment: { units: treatment[0], errors: treatment[1] },
    ...(share !== undefined && { share }),
  };
}

const worse = stratum([95, 0], [5, 5]);
const alike = stratum([50, 5], [50, 5]);

function after(buckets: readonly (Stratum | Stratum[])[], options?: EvidenceOptions) {
  const evidence = createEvidence(options);
  for (const bucket of buckets) evidence.add(bucket);
  return evidence;
}

test("nothing added is no evidence", () => {
  const { e, logE, tripped, buckets, threshold } = createEvidence();
  expect({ e, logE, tripped, buckets }).toEqual({ e: 1, logE: 0, tripped: false, buckets: 0 });
  expect(threshold).toBeCloseTo(100);
});

test("one bucket's evidence is what the formula gives", () => {
  const ratios = [1.25, 1.5, 2, 3, 4, 6, 10, 20, 50, 100, 300, 1000];
  const likelihoods = ratios.map((ratio) => ratio ** 3 / (1 + 0.2 * (ratio - 1)) ** 5);
  const mean = likelihoods.reduce((sum, likelihood) => sum + likelihood, 0) / 12;
  expect(after([stratum([80, 2], [20, 3])]).e).toBeCloseTo(0.5 + 0.5 * mean, 10);
});

test("the example of the guide has the evidence it says", () => {
  const first = stratum([950, 9], [50, 3]);
  const second = stratum([948, 8], [52, 4]);
  expect(after([first]).e).toBeCloseTo(2.9, 1);
  expect(after([first, second]).e).toBeCloseTo(137, 0);
  const [lower, upper] = after([first, second]).intervals().rateRatio;
  expect([lower.toFixed(1), upper.toFixed(0)]).toEqual(["1.4", "32"]);
});

test("a configured share stands in for the observed one", () => {
  const observed = after([stratum([80, 2], [20, 3])]);
  const configured = after([stratum([90, 2], [10, 3], 0.2)]);
  expect(configured.e).toBeCloseTo(observed.e, 10);
});

describe("a stratum with an empty side", () => {
  test.each([
    ["safe", stratum([0, 0], [100, 100])],
    ["treatment", stratum([100, 50], [0, 0])],
    ["both", stratum([0, 0], [0, 0])],
    ["safe, of a split that gives it half", stratum([0, 0], [3, 3], 0.5)],
    ["treatment, of a split that gives it nothing", stratum([100, 50], [0, 0], 0)],
  ])("says nothing: %s", (_, empty) => {
    expect(after([empty]).e).toBe(1);
    expect(after([[worse, empty]]).e).toBeCloseTo(after([worse]).e, 8);
  });

  test("speaks for a treatment that might have had the errors, and has not", () => {
    expect(after([stratum([3, 3], [0, 0], 0.5)]).e).toBeLessThan(0.7);
  });
});

test("a bucket without strata is a bucket in which nothing happened", () => {
  const evidence = after([worse, []]);
  expect(evidence.buckets).toBe(2);
  expect(evidence.e).toBeCloseTo(after([worse]).e, 8);
});

test("the strata of a bucket are one bucket", () => {
  const evidence = after([[worse, alike, alike]]);
  expect(evidence.buckets).toBe(1);
  expect(evidence.safe).toEqual({ units: 195, errors: 10 });
  expect(evidence.treatment).toEqual({ units: 105, errors: 15 });
});

test("a state of more than a number counts can be restored", () => {
  const most = stratum([Number.MAX_SAFE_INTEGER, 1], [Number.MAX_SAFE_INTEGER, 1]);
  const { state } = after([most, most]);
  expect(createEvidence({ state: state() }).safe.units).toBe(Number.MAX_SAFE_INTEGER);
});

test("it stays tripped when the evidence falls again", () => {
  const better = stratum([500, 50], [500, 0]);
  const evidence = after([stratum([50, 0], [50, 20]), better, better, better]);
  expect(evidence.e).toBeLessThan(1);
  expect(evidence.tripped).toBe(true);
});

test("several treatments share the alpha", () => {
  const bucket = stratum([50, 0], [50, 6]);
  expect(after([bucket]).e).toBeGreaterThan(10);
  expect(after([bucket]).e).toBeLessThan(30);
  expect(after([bucket], { alpha: 0.1 }).tripped).toBe(true);
  expect(after([bucket], { alpha: 0.1, treatments: 3 }).tripped).toBe(false);
});

describe("the start of a regression", () => {
  const healthy = new Array<Stratum>(999).fill(alike);
  const bad = new Array<Stratum>(20).fill(stratum([50, 5], [50, 20]));

  test("is found after a long time without one", () => {
    const evidence = after(healthy);
    expect(evidence.e).toBeLessThan(0.6);
    for (const bucket of bad) evidence.add(bucket);
    expect(evidence.tripped).toBe(true);
  });

  test("is not looked for after the planned buckets", () => {
    expect(after([...healthy, ...bad], { plannedBuckets: 1000 }).tripped).toBe(true);
    expect(after([...healthy, ...bad], { plannedBuckets: 500 }).tripped).toBe(false);
  });

  test("nothing more is staked after the planned buckets", () => {
    const evidence = after(healthy, { plannedBuckets: 2 });
    expect(evidence.e).toBeCloseTo(0.25, 10);
  });
});

describe("what is tolerated", () => {
  const half = stratum([1_000_000, 10_000], [1_000_000, 15_000]);
  const thrice = stratum([1_000_000, 10_000], [1_000_000, 30_000]);

  test("does not trip", () => {
    expect(after([half]).tripped).toBe(true);
    expect(after(new Array<Stratum>(100).fill(half), { tolerated: 2 }).tripped).toBe(false);
  });

  test("trips beyond", () => {
    expect(after([thrice], { tolerated: 2 }).tripped).toBe(true);
  });
});

describe("against an slo", () => {
  const gated = (errors: number) => ({
    safe: { units: 900, errors: 0 },
    treatment: { units: 1000, errors },
  });

  test("a treatment within it does not trip, whatever the safe variant does", () => {
    expect(after([gated(10)]).tripped).toBe(true);
    expect(after(new Array<Stratum>(50).fill(gated(10)), { slo: 0.01 }).e).toBeLessThan(1);
  });

  test("a treatment beyond it trips", () => {
    expect(after([gated(40)], { slo: 0.01 }).tripped).toBe(true);
    expect(after([gated(40)], { slo: 0.01, tolerated: 4 }).tripped).toBe(false);
  });

  test("needs no safe variant", () => {
    const { treatment } = gated(40);
    expect(after([{ treatment }], { slo: 0.01 }).e).toBe(after([gated(40)], { slo: 0.01 }).e);
  });

  test("its evidence is what the formula gives", () => {
    const ratios = [1.25, 1.5, 2, 3, 4, 6, 10, 20, 50, 100, 300, 1000];
    const likelihoods = ratios.map((ratio) => {
      const rate = (ratio * 0.1) / (0.9 + ratio * 0.1);
      return (rate / 0.1) ** 3 * ((1 - rate) / 0.9) ** 7;
    });
    const mean = likelihoods.reduce((sum, likelihood) => sum + likelihood, 0) / 12;
    const evidence = after([{ treatment: { units: 10, errors: 3 } }], { slo: 0.1 });
    expect(evidence.e).toBeCloseTo(0.5 + 0.5 * mean, 10);
  });
});

describe("counts that are none", () => {
  test.each([
    ["negative", stratum([-1, 0], [1, 0])],
    ["fractional", stratum([10, 0], [1.5, 0])],
    ["NaN", stratum([10, Number.NaN], [1, 0])],
    ["infinite", stratum([Number.POSITIVE_INFINITY, 0], [1, 0])],
    ["beyond what a number counts", stratum([2 ** 53, 0], [1, 0])],
    ["more errors than units", stratum([10, 0], [1, 2])],
    ["a share above 1", stratum([10, 0], [1, 0], 1.1)],
    ["a share that is NaN", stratum([10, 0], [1, 0], Number.NaN)],
    ["no safe variant", { treatment: { units: 1, errors: 0 } }],
    ["a text", stratum([10, 0], ["1" as unknown as number, 0])],
    ["no stratum", null as unknown as Stratum],
  ])("throw, and nothing is added: %s", (_, wrong) => {
    const evidence = after([worse]);
    const before = evidence.state();
    expect(() => evidence.add([worse, wrong])).toThrow(
      expect.objectContaining({ code: "INVALID_COUNTS" }),
    );
    expect(evidence.state()).toEqual(before);
  });
});

test.each<[string, EvidenceOptions]>([
  ["an alpha of 0", { alpha: 0 }],
  ["an alpha of 1", { alpha: 1 }],
  ["an alpha that is NaN", { alpha: Number.NaN }],
  ["fewer treatments than one", { treatments: 0 }],
  ["to tolerate less than as much", { tolerated: 0.9 }],
  ["to tolerate everything", { tolerated: Number.POSITIVE_INFINITY }],
  ["no buckets", { plannedBuckets: 0 }],
  ["half a bucket", { plannedBuckets: 1.5 }],
  ["an slo of 0", { slo: 0 }],
  ["an slo that is a share of successes", { slo: 0.999 }],
])("%s is refused", (_, options) => {
  expect(() => createEvidence(options)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS" }),
  );
});

describe("a state", () => {
  const buckets = [worse, alike, stratum([1000, 3], [10, 1]), worse];

  test.each([0, 1, 3])("goes on in another process after %i buckets", (split) => {
    const first = after(buckets.slice(0, split));
    const second = createEvidence({ state: JSON.parse(JSON.stringify(first.state())) });
    for (const bucket of buckets.slice(split)) second.add(bucket);
    expect(second.state()).toEqual(after(buckets).state());
    expect(second.logE).toBe(after(buckets).logE);
  });

  test("keeps that it has tripped", () => {
    const tripped = after([stratum([50, 0], [50, 20]), stratum([5000, 500], [5000, 0])]);
    expect(createEvidence({ state: tripped.state() }).tripped).toBe(true);
  });

  test("does not change with what is added later", () => {
    const evidence = after([worse]);
    const state = evidence.state();
    const copy = structuredClone(state);
    evidence.add(worse);
    createEvidence({ state }).add(worse);
    expect(state).toEqual(copy);
  });

  test("has one size, however much was added", () => {
    const { stakes, likelihoods } = after(new Array<Stratum>(500).fill(alike)).state();
    expect([stakes.length, likelihoods.length]).toEqual([12, 81]);
  });

  test.each<EvidenceOptions>([{ tolerated: 2 }, { plannedBuckets: 10 }, { slo: 0.1 }])(
    "of another test is refused: %o",
    (options) => {
      expect(() => createEvidence({ ...options, state: after([worse]).state() })).toThrow(
        "state is of another test",
      );
    },
  );

  test.each([
    ["nothing", null],
    ["a text", "state"],
    ["an empty object", {}],
    ["a negative count of buckets", { ...after([worse]).state(), buckets: -1 }],
    ["too few numbers", { ...after([worse]).state(), stakes: [0] }],
    ["no numbers", { ...after([worse]).state(), likelihoods: new Array(81).fill(null) }],
  ])("that is none is refused: %s", (_, state) => {
    expect(() => createEvidence({ state: state as never })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS" }),
    );
  });
});

test("a day of buckets with a thousand million units each stays a number", () => {
  const evidence = createEvidence();
  const bad = stratum([500_000_000, 500_000], [500_000_000, 50_000_000]);
  const good = stratum([500_000_000, 50_000_000], [500_000_000, 500_000]);
  for (let bucket = 0; bucket < 4320; bucket++) evidence.add(bad);
  expect(evidence.e).toBe(Number.POSITIVE_INFINITY);
  expect(evidence.logE).toBeGreaterThan(1e10);
  for (let bucket = 0; bucket < 4320; bucket++) evidence.add(good);
  expect(Number.isFinite(evidence.logE)).toBe(true);
  expect(evidence.state().stakes.every(Number.isFinite)).toBe(true);
  expect(evidence.intervals().rateRatio.every(Number.isFinite)).toBe(true);
});
