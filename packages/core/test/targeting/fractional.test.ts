import type { JsonValue } from "@burgee/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { murmur3 } from "../../src/murmur3.js";
import { run } from "./run.js";

/** Keys by where their hash lies: first, just below the middle, in the middle, last. */
const key = { first: "ejOoVL", below: "SI7p-", middle: "6LvT0", last: "ceQdGm" };

function split(args: JsonValue, context = {}, options = {}): unknown {
  return run({ fractional: args }, context, options).value;
}

describe("what is no list of buckets gives null", () => {
  test.each<[JsonValue]>([[[]], [null], [5], ["jon"], [["jon"]], [{ var: "absent" }]])(
    "%j",
    (args) => {
      expect(split(args, { targetingKey: "jon" })).toBeNull();
    },
  );
});

describe("the key", () => {
  const halves: JsonValue[] = [["a"], ["b"]];

  test("is the first argument if that is a text, written or computed", () => {
    expect(split([key.last, ...halves], { targetingKey: key.first })).toBe("b");
    expect(split([{ var: "email" }, ...halves], { email: key.last })).toBe("b");
    expect(split([key.first, ...halves])).toBe("a");
  });

  test("is otherwise the flag's key and the targeting key, with nothing between", () => {
    const halved = { flagKey: key.last.slice(0, 3) };
    expect(split(halves, { targetingKey: key.last.slice(3) }, halved)).toBe("b");
    expect(split(halves, { targetingKey: key.first.slice(3) }, { flagKey: "ejO" })).toBe("a");
  });

  test.each([undefined, null, "", 7, ["jon"]])("is missing if the targeting key is %o", (unit) => {
    expect(split(halves, { targetingKey: unit })).toBeNull();
  });

  test("is missing if the first argument is null, whatever the targeting key", () => {
    expect(split([null, ...halves], { targetingKey: "jon" })).toBeNull();
    expect(split([{ var: "email" }, ...halves], { targetingKey: "jon" })).toBeNull();
  });
});

describe("a bucket", () => {
  test.each<[JsonValue[], JsonValue]>([
    [["on"], "on"],
    [["on", 1], "on"],
    [[true, 1], true],
    [[7, 1], 7],
    [[null, 1], null],
    [[{ var: "variant" }, { if: [true, 2] }], "computed"],
  ])("may be %j", (bucket, won) => {
    const context = { variant: "computed" };
    expect(split(["jon", bucket], context)).toBe(won);
    expect(run({ fractional: ["jon", bucket] }, context).split).toBeDefined();
  });

  test.each<[JsonValue]>([
    ["on"],
    [null],
    [{}],
    [[]],
    [["on", 1, 2]],
    [["on", 1.5]],
    [["on", "1"]],
    [["on", null]],
    [["on", true]],
    [[["on"], 1]],
    [[{}, 1]],
  ])("that is %j makes the whole split null", (malformed) => {
    expect(split(["jon", ["on", 1], malformed])).toBeNull();
  });

  test("without a weight weighs 1", () => {
    expect(run({ fractional: ["jon", ["a"], ["b", 3]] }).split?.share).toEqual({
      a: 0.25,
      b: 0.75,
    });
  });

  test("of a weight below 0 weighs nothing", () => {
    const rule = { fractional: [key.first, ["a", -5], ["b", 5]] };
    expect(run(rule)).toMatchObject({ value: "b", split: { share: { a: 0, b: 1 } } });
  });
});

test.each([
  ["nothing", [["a", 0]], null],
  [
    "less than nothing",
    [
      ["a", -1],
      ["b", 0],
    ],
    null,
  ],
  [
    "2147483647",
    [
      ["a", 2147483646],
      ["b", 1],
    ],
    "a",
  ],
  [
    "2147483648",
    [
      ["a", 2147483647],
      ["b", 1],
    ],
    null,
  ],
])("weights of %s in all", (_, buckets, won) => {
  expect(split([key.first, ...buckets] as JsonValue)).toBe(won);
});

test.each([
  [key.first, "a"],
  [key.below, "a"],
  [key.middle, "b"],
  [key.last, "b"],
])("the first bucket whose sum is above the position wins: %s falls into %s", (unit, won) => {
  expect(split([unit, ["a", 1], ["b", 1]])).toBe(won);
  expect(split([unit, ["none", 0], ["a", 50], ["none", 0], ["b", 50], ["none", 0]])).toBe(won);
});

test("the position is exactly (hash × total) >> 32", () => {
  const total = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2147483647 }));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom(...Object.values(key))),
      total,
      (unit, all) => {
        const position = Number((BigInt(murmur3(unit) >>> 0) * BigInt(all)) >> 32n);
        const buckets = [
          ["below", position],
          ["at", 1],
          ["above", all - position - 1],
        ];
        expect(split([unit, ...buckets])).toBe("at");
      },
    ),
    // where floating point gives the position above
    {
      examples: [
        ["user-0", 2140371841],
        ["user-0", 1709452750],
        ["user-0", 1278533659],
      ],
    },
  );
});

test("a bucket listed first that grows never loses a unit", () => {
  const percent = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), percent, percent, (unit, one, other) => {
      const at = (on: number) =>
        split(
          [
            ["on", on],
            ["off", 100 - on],
          ],
          { targetingKey: unit },
        );
      const [small, large] = [Math.min(one, other), Math.max(one, other)];
      if (at(small) === "on") expect(at(large)).toBe("on");
      if (at(large) === "off") expect(at(small)).toBe("off");
    }),
  );
});

test("units spread as the weights say", () => {
  const units = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
  const on = units.filter((unit) => split([unit, ["on", 25], ["off", 75]]) === "on");
  expect(on.length / units.length).toBeCloseTo(0.25, 1);
});

describe("the split", () => {
  const rollout = {
    fractional: [
      ["on", 10],
      ["off", 90],
    ],
  };
  const jon = { targetingKey: "jon" };

  test("names the unit without the flag's key", () => {
    const host = { flagKey: "beta" };
    expect(run(rollout, jon, host).split?.unit).toBe("jon");
    expect(run({ fractional: ["jon", ["on"]] }, {}, host).split?.unit).toBe("jon");
    const flagKey = { var: "$flagd.flagKey" };
    const keyed = { fractional: [{ cat: [flagKey, { var: "company" }] }, ["on"]] };
    expect(run(keyed, { company: "acme" }, host).split?.unit).toBe("acme");
    const both = { cat: [flagKey, { var: "company" }, "/", { var: "team" }] };
    const computed = { fractional: [both, ["on", { "+": [1] }]] };
    expect(run(computed, { company: "acme", team: 7 }, host).split?.unit).toBe("acme/7");
  });

  test("takes nothing from a unit that only begins like the flag's key", () => {
    const units = ["beta", "betajon", "jon"].map(
      (key) =>
        run({ fractional: [{ var: "key" }, ["on"]] }, { key }, { flagKey: "beta" }).split?.unit,
    );
    expect(units).toEqual(["beta", "betajon", "jon"]);
  });

  test("by an attribute is the same as by the flag's key and the attribute, hashed as one text", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, (flagKey, company) => {
        const key = { cat: [{ var: "$flagd.flagKey" }, { var: "company" }] };
        const buckets = Array.from({ length: 64 }, (_, index) => [index]);
        const byAttribute = run({ fractional: [key, ...buckets] }, { company }, { flagKey });
        const whole = run({ fractional: [flagKey + company, ...buckets] });
        expect(byAttribute.value).toBe(whole.value);
        const byTargetingKey = run({ fractional: buckets }, { targetingKey: company }, { flagKey });
        if (company !== "") expect(byTargetingKey.value).toBe(whole.value);
      }),
    );
  });

  test("has the share of each variant, summed over its buckets", () => {
    const rule = { fractional: ["jon", ["a", 1], ["b", 2], ["a", 4], [true, 1]] };
    expect(run(rule).split?.share).toEqual({ a: 0.625, b: 0.25, true: 0.125 });
  });

  test("has shares that sum to 1", () => {
    const weights = fc.array(fc.nat({ max: 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(weights, (given) => {
        fc.pre(given.some((weight) => weight > 0));
        const buckets = given.map((weight, index) => [`v${index % 5}`, weight]);
        const shares = Object.values(run({ fractional: ["jon", ...buckets] }).split?.share ?? {});
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
      }),
    );
  });

  test("counts a null bucket to the default variant", () => {
    const rule = { fractional: [key.last, ["on", 25], ["off", 25], [null, 50]] };
    expect(run(rule, {}, { defaultVariant: "off" })).toMatchObject({
      value: null,
      split: { share: { on: 0.25, off: 0.75 } },
    });
    expect(run(rule).split?.share).toEqual({ on: 0.25, off: 0.25 });
  });

  test("counts __proto__ as a variant like any other", () => {
    const share = run({ fractional: ["jon", ["__proto__", 1], ["off", 1]] }).split?.share ?? {};
    expect(Object.entries(share)).toEqual([
      ["__proto__", 0.5],
      ["off", 0.5],
    ]);
  });

  test.each<[string, JsonValue, RegExp]>([
    ["at the root", rollout, /^\/fractional#[0-9a-f]+$/],
    ["in a branch", { if: [false, "on", rollout] }, /^\/if\/2\/fractional#/],
    ["in a shared rule", { if: [true, { $ref: "a/b" }] }, /^\/\$evaluators\/a~1b\/fractional#/],
  ])("is identified by its pointer: %s", (_, rule, id) => {
    expect(run(rule, jon, { evaluators: { "a/b": rollout } }).split?.id).toMatch(id);
  });

  test("is another one if the weights are written anew", () => {
    const more = {
      fractional: [
        ["on", 25],
        ["off", 75],
      ],
    };
    expect(run(more, jon).split?.id).not.toBe(run(rollout, jon).split?.id);
  });

  test("stays the same one while its weights are computed from the time", () => {
    const started = { "<": [{ var: "$flagd.timestamp" }, 1000] };
    const growing = {
      fractional: [
        ["on", { if: [started, 10, 50] }],
        ["off", 50],
      ],
    };
    const [before, after] = [999_999, 1_000_000].map((now) => run(growing, jon, { now }).split);
    expect(before?.share).toEqual({ on: 10 / 60, off: 50 / 60 });
    expect(after).toEqual({ ...before, share: { on: 0.5, off: 0.5 } });
  });

  test.each<[string, JsonValue]>([
    ["in a condition", { if: [{ "==": [rollout, "on"] }, "on", "off"] }],
    ["that is a condition itself", { if: [rollout, "on", "off"] }],
    ["in a branch not taken", { if: [true, "on", rollout] }],
    ["in a bucket of another's key", { "==": [{ fractional: ["jon", ["a"]] }, "a"] }],
    [
      "in a shared rule that would decide elsewhere",
      { if: [{ "!==": [{ $ref: "rollout" }, "x"] }, "on", { $ref: "rollout" }] },
    ],
    ["that gives null for want of a key", { fractional: [null, ["on"]] }],
    ["in an and that goes on", { and: [{ fractional: ["jon", ["yes"]] }, "on"] }],
    ["in an or that goes on", { or: [{ fractional: ["jon", [null]] }, "on"] }],
  ])("is not there for a fractional that did not decide: one %s", (_, rule) => {
    expect(run(rule, jon, { evaluators: { rollout } }).split).toBeUndefined();
  });

  test.each<[string, JsonValue]>([
    ["the last of an and", { and: [true, rollout] }],
    ["what an or stops at", { or: [false, rollout, "never"] }],
    ["behind a fractional that gave way", { or: [{ fractional: ["x", [null]] }, rollout] }],
    ["in nested branches", { if: [false, "x", { "?:": [true, { or: [rollout] }] }] }],
    [
      "in a shared rule that is a condition elsewhere",
      {
        if: [{ "==": [{ $ref: "rollout" }, "neither"] }, "x", { $ref: "rollout" }],
      },
    ],
  ])("is there for a fractional that decided: %s", (_, rule) => {
    const { split } = run(rule, jon, { evaluators: { rollout } });
    expect(split).toMatchObject({ unit: "jon", share: { on: 0.1, off: 0.9 } });
  });
});
