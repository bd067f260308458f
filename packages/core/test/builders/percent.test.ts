import { percent, type Rule } from "@burgee/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, evaluator } from "./decide.js";

/** The buckets of a split, without the key that it is by. */
function bucketsOf(rule: Rule): [string | null, number][] {
  const [, keyed] = (rule["if"] as unknown as [unknown, Rule] | undefined) ?? [];
  const buckets = (keyed ?? rule)["fractional"] as unknown as [string | null, number][];
  return keyed === undefined ? buckets : buckets.slice(1);
}

/** Percentages of up to 4 decimals, in all at most 100. */
const share = fc.integer({ min: 0, max: 500_000 }).map((millionths) => millionths / 10_000);
const options = fc.constantFrom({}, { by: "company" });
const units = Array.from({ length: 200 }, (_, index) => ({
  targetingKey: `user-${index}`,
  company: `company-${index % 40}`,
}));

describe("a percentage is written in whole weights, the rest last", () => {
  test.each<[Record<string, number>, unknown[]]>([
    [
      { on: 10 },
      [
        ["on", 10],
        [null, 90],
      ],
    ],
    [
      { on: 0 },
      [
        ["on", 0],
        [null, 100],
      ],
    ],
    [
      { on: 100 },
      [
        ["on", 100],
        [null, 0],
      ],
    ],
    [
      { on: 0.5 },
      [
        ["on", 5],
        [null, 995],
      ],
    ],
    [
      { on: 33.3 },
      [
        ["on", 333],
        [null, 667],
      ],
    ],
    [
      { on: 0.0001 },
      [
        ["on", 1],
        [null, 999_999],
      ],
    ],
    [
      { on: 1e-4, a: 99.9999 },
      [
        ["on", 1],
        ["a", 999_999],
      ],
    ],
    [
      { b: 5, a: 2.25 },
      [
        ["b", 500],
        ["a", 225],
        [null, 9275],
      ],
    ],
    [
      { a: 50, b: 50 },
      [
        ["a", 50],
        ["b", 50],
      ],
    ],
  ])("%j", (shares, buckets) => {
    expect(percent(shares)).toEqual({ fractional: buckets });
  });

  test("exactly, whatever the decimals", () => {
    fc.assert(
      fc.property(share, share, options, (a, b, by) => {
        const buckets = bucketsOf(percent({ a, b }, by));
        const total = buckets.reduce((sum, [, weight]) => sum + weight, 0);
        expect(buckets.every(([, weight]) => Number.isInteger(weight) && weight >= 0)).toBe(true);
        expect((buckets[0]?.[1] ?? Number.NaN) / total).toBe(Math.round(a * 10_000) / 1_000_000);
        expect((buckets[1]?.[1] ?? Number.NaN) / total).toBe(Math.round(b * 10_000) / 1_000_000);
        expect(total).toBeLessThanOrEqual(2_147_483_647);
      }),
    );
  });
});

test("as many get the variant as the percentage says", () => {
  const decided = evaluator(percent({ on: 25 }));
  const many = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
  const on = many.filter((targetingKey) => decided({ targetingKey }).variant === "on");
  expect(on.length / many.length).toBeCloseTo(0.25, 1);
});

test("raising 10 % to 25 % takes `on` from nobody", () => {
  const [before, after] = [evaluator(percent({ on: 10 })), evaluator(percent({ on: 25 }))];
  const had = units.filter((unit) => before(unit).variant === "on");
  expect(had.length).toBeGreaterThan(0);
  expect(had.every((unit) => after(unit).variant === "on")).toBe(true);
});

test("raising the last percentage, by whatever decimals, takes no variant from anybody", () => {
  fc.assert(
    fc.property(share, share, share, options, (a, one, other, by) => {
      const small = evaluator(percent({ a, b: Math.min(one, other) }, by));
      const large = evaluator(percent({ a, b: Math.max(one, other) }, by));
      for (const unit of units) {
        const { variant } = small(unit);
        if (variant !== "none") expect(large(unit).variant).toBe(variant);
      }
    }),
  );
});

test("raising the first percentage keeps its own, and takes nobody out of the split", () => {
  fc.assert(
    fc.property(share, share, share, (b, one, other) => {
      const small = evaluator(percent({ a: Math.min(one, other), b }));
      const large = evaluator(percent({ a: Math.max(one, other), b }));
      for (const unit of units) {
        if (small(unit).variant === "a") expect(large(unit).variant).toBe("a");
        if (small(unit).variant !== "none") expect(large(unit).variant).not.toBe("none");
      }
    }),
  );
});

test("the rest counts to the default variant", () => {
  expect(decide(percent({ on: 10 }), { targetingKey: "jon" }).share).toEqual({
    on: 0.1,
    none: 0.9,
  });
});

describe("by an attribute", () => {
  const rule = percent({ on: 50 }, { by: "company" });

  test("it is written with a guard, and the flag's key", () => {
    const unit = { var: "company" };
    const key = { cat: [{ var: "$flagd.flagKey" }, unit] };
    expect(rule).toEqual({ if: [unit, { fractional: [key, ["on", 50], [null, 50]] }] });
  });

  test("everybody with the same value gets the same variant", () => {
    const decided = evaluator(rule);
    for (const { company } of units) {
      const given = ["jon", "ada", ""].map((targetingKey) => decided({ targetingKey, company }));
      expect(new Set(given.map(({ variant }) => variant)).size).toBe(1);
    }
    expect(new Set(units.map((unit) => decided(unit).variant))).toEqual(new Set(["on", "none"]));
  });

  test("a number is a value like its text", () => {
    const decided = evaluator(rule);
    for (let company = 1; company < 20; company++) {
      expect(decided({ company })).toEqual(decided({ company: `${company}` }));
    }
  });

  test.each([[undefined], [null], [""]])("without a value (%j) no variant is given", (company) => {
    const all = percent({ on: 100 }, { by: "company" });
    expect(decide(all, { targetingKey: "jon", company })).toEqual({ variant: "none" });
  });

  test("two flags do not split alike", () => {
    const [one, other] = ["one", "other"].map((flagKey) => evaluator(rule, { flagKey }));
    expect(units.some((unit) => one?.(unit).variant !== other?.(unit).variant)).toBe(true);
  });

  test("by the targeting key it splits as it does without", () => {
    const [said, unsaid] = [percent({ on: 50 }, { by: "targetingKey" }), percent({ on: 50 })];
    for (const unit of units) expect(decide(said, unit)).toEqual(decide(unsaid, unit));
  });

  test("a dot leads into an object", () => {
    const nested = percent({ on: 100 }, { by: "company.id" });
    expect(decide(nested, { company: { id: 7 } }).variant).toBe("on");
    expect(decide(nested, { company: 7 }).variant).toBe("none");
  });
});

describe("a fault", () => {
  test.each<[string, unknown, string]>([
    ["a sum above 100", { on: 60, a: 40.1 }, '{"on":60,"a":40.1}'],
    ["more than 100", { on: 101 }, "not 101"],
    ["less than nothing", { on: -1 }, "not -1"],
    ["NaN", { on: Number.NaN }, "not NaN"],
    ["Infinity", { on: Number.POSITIVE_INFINITY }, "not Infinity"],
    ["more decimals than are kept", { on: 100 / 3 }, "4 decimals"],
    ["less than the least", { on: 1e-5 }, "not 0.00001"],
    ["a text", { on: "10" }, "not 10"],
    ["no shares", {}, "{}"],
  ])("is %s", (_, shares, named) => {
    expect(() => percent(shares as Record<string, number>)).toThrow(
      expect.objectContaining({ code: "INVALID_RULE", message: expect.stringContaining(named) }),
    );
  });

  test("is a split by an attribute without a name", () => {
    expect(() => percent({ on: 10 }, { by: "" })).toThrow("INVALID_RULE");
  });
});
