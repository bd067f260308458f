import {
  createRuleset,
  type FlagDefinition,
  type JsonValue,
  percent,
  progressive,
} from "@burgee/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Release, releaseFlag } from "../../src/releasing/release-flag.js";

const NOW = Date.parse("2027-01-04T09:00:00Z");
const HOUR = 3_600_000;

function ruled(targeting?: JsonValue, more: Partial<FlagDefinition> = {}): FlagDefinition {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    ...(targeting !== undefined && { targeting }),
    ...more,
  };
}

function release(flag: FlagDefinition, share: number, more: Partial<Release> = {}): FlagDefinition {
  const steps = [{ at: new Date(NOW), percent: share }] as const;
  const given = { variant: "on", safe: "off", by: undefined, steps, now: NOW, ...more };
  return releaseFlag("beta", flag, { flags: {} }, given);
}

const users = Array.from({ length: 400 }, (_, index) => {
  return { targetingKey: `user-${index}`, company: `company-${index % 50}` };
});

function served(flag: FlagDefinition, now = NOW): ReadonlySet<string> {
  const ruleset = createRuleset({ flags: { beta: flag } });
  const on = users.filter((user) => ruleset.evaluate("beta", false, user, now).variant === "on");
  return new Set(on.map(({ targetingKey }) => targetingKey));
}

/** Whether everybody of the first has it in the second, too. */
function keeps(before: ReadonlySet<string>, after: ReadonlySet<string>): boolean {
  return [...before].every((user) => after.has(user));
}

const email = { cat: [{ var: "$flagd.flagKey" }, { var: "company" }] };

/** Splits as people and tools write them. */
const layouts: Readonly<Record<string, (share: number) => JsonValue>> = {
  "by core": (share) => percent({ on: share }),
  "by an attribute": (share) => percent({ on: share }, { by: "company" }),
  "with the names of both": (share) => ({
    fractional: [
      ["on", share],
      ["off", 100 - share],
    ],
  }),
  "the other way round": (share) => ({
    fractional: [
      ["off", 100 - share],
      ["on", share],
    ],
  }),
  "by an attribute that nobody guards": (share) => ({
    fractional: [email, ["off", 100 - share], ["on", share]],
  }),
  "of other weights": (share) => ({
    fractional: [
      ["on", share * 7],
      ["off", 700 - share * 7],
    ],
  }),
  "behind a condition": (share) => ({
    if: [{ "==": [{ var: "company" }, "company-1"] }, "off", percent({ on: share })],
  }),
  "behind a split": (share) => ({
    or: [
      { if: [{ "==": [{ var: "company" }, "company-1"] }, percent({ on: 50 })] },
      percent({ on: share }),
    ],
  }),
  "with a variant for who is in none": (share) => ({ or: [percent({ on: share }), "off"] }),
  growing: (share) =>
    progressive("on", [
      { at: new Date(NOW - HOUR), percent: share },
      { at: new Date(NOW + HOUR), percent: share },
    ]),
};

test.each(Object.entries(layouts))(
  "whoever has it keeps it while it grows, and loses nothing else while it shrinks: a split %s",
  (_, layout) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (held, to) => {
          const share = Number(to.toFixed(4));
          const before = ruled(layout(held));
          const after = release(before, share);
          const [small, large] = share >= held ? [before, after] : [after, before];
          expect(keeps(served(small), served(large))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  },
);

test.each(Object.entries(layouts))(
  "until a schedule begins it is as it was, and from then on nobody loses it: a split %s",
  (_, layout) => {
    const before = ruled(layout(30));
    const steps = [
      { at: new Date(NOW + HOUR), percent: 33.3334 },
      { at: new Date(NOW + 2 * HOUR), percent: 70 },
      { at: new Date(NOW + 3 * HOUR), percent: 100 },
    ] as const;
    const after = release(before, 0, { steps });
    expect(served(after)).toEqual(served(before));
    expect(served(after, NOW + HOUR - 1000)).toEqual(served(before));
    let held = served(before);
    for (let now = NOW; now <= NOW + 3 * HOUR; now += HOUR / 7) {
      const next = served(after, now);
      expect(keeps(held, next)).toBe(true);
      held = next;
    }
    expect(held.size).toBeGreaterThan(users.length * 0.9);
  },
);

test("a schedule may begin within the second, and nobody loses it until then", () => {
  const before = ruled(percent({ on: 30 }));
  for (const wait of [1, 999, 1000, 1001, 1999, 2000]) {
    const steps = [{ at: new Date(NOW + wait), percent: 60 }] as const;
    const after = release(before, 0, { steps });
    for (const now of [NOW, NOW + 999, NOW + 1000, NOW + 3000]) {
      expect(keeps(served(before), served(after, now))).toBe(true);
    }
    expect(served(after, NOW)).toEqual(served(before));
    expect(served(after, NOW + 3000)).toEqual(served(ruled(percent({ on: 60 }))));
  }
});

test("a share that no percentage says exactly is rounded up, so that nobody loses it", () => {
  const third = ruled({
    fractional: [
      ["on", 1],
      ["off", 2],
    ],
  });
  const steps = [{ at: new Date(NOW + HOUR), percent: 50 }] as const;
  const ruleset = createRuleset({ flags: { beta: release(third, 0, { steps }) } });
  const { split } = ruleset.evaluate("beta", false, { targetingKey: "jon" }, NOW);
  expect(split?.share["on"]).toBeGreaterThanOrEqual(1 / 3);
  expect(split?.share["on"]).toBeCloseTo(1 / 3, 5);
});

test("the share is of those for whom no condition decides", () => {
  const isDutch = { "==": [{ var: "country" }, "NL"] };
  expect(release(ruled({ if: [isDutch, "on"] }), 10).targeting).toEqual({
    if: [
      isDutch,
      "on",
      {
        fractional: [
          ["on", 10],
          [null, 90],
        ],
      },
    ],
  });
  expect(release(ruled({ if: [isDutch, "on", "off"] }), 10).targeting).toEqual({
    if: [
      isDutch,
      "on",
      {
        fractional: [
          ["on", 10],
          ["off", 90],
        ],
      },
    ],
  });
  const half = percent({ on: 50 });
  expect(release(ruled({ if: [isDutch, half] }), 10).targeting).toEqual({
    or: [
      { if: [isDutch, half] },
      {
        fractional: [
          ["on", 10],
          [null, 90],
        ],
      },
    ],
  });
  expect(release(release(ruled({ if: [isDutch, half] }), 10), 20).targeting).toEqual({
    or: [
      { if: [isDutch, half] },
      {
        fractional: [
          ["on", 20],
          [null, 80],
        ],
      },
    ],
  });
});

test("a flag without a rule, with an empty one, or with one variant for all, is split by the targeting key", () => {
  const ten = {
    fractional: [
      ["on", 10],
      [null, 90],
    ],
  };
  for (const rule of [undefined, null, {}]) expect(release(ruled(rule), 10).targeting).toEqual(ten);
  expect(release(ruled("on"), 10).targeting).toEqual(ten);
  expect(release(ruled("off"), 10).targeting).toEqual({
    fractional: [
      ["on", 10],
      ["off", 90],
    ],
  });
  expect(release(ruled(), 10, { by: "company" }).targeting).toEqual(
    percent({ on: 10 }, { by: "company" }),
  );
});

test("who has no targeting key keeps the variant that the rule ended in, release after release", () => {
  const isDutch = { "==": [{ var: "country" }, "NL"] };
  const variants = { on: true, off: false, old: false };
  const country = "DE";
  for (const rule of [
    "old",
    { if: [isDutch, "off", "old"] },
    { or: [percent({ on: 0 }), "old"] },
  ]) {
    let flag = ruled(rule, { variants });
    const schedule = [{ at: new Date(NOW + HOUR), percent: 90 }] as const;
    for (const more of [{}, { steps: schedule }, { by: "company" }]) {
      flag = release("by" in more ? release(flag, 0) : flag, 40, more);
      for (const now of [NOW, NOW + 2 * HOUR]) {
        const ruleset = createRuleset({ flags: { beta: flag } });
        expect(ruleset.evaluate("beta", false, { country }, now).variant).toBe("old");
        for (const user of users) {
          const { variant, split } = ruleset.evaluate("beta", false, { ...user, country }, now);
          expect(Object.keys(split?.share ?? {})).toEqual(["on", "old"]);
          expect(split?.share).toHaveProperty(variant ?? "");
        }
      }
    }
  }
  expect(release(release(ruled("old", { variants }), 10), 20).targeting).toEqual({
    or: [
      {
        fractional: [
          ["on", 20],
          ["old", 80],
        ],
      },
      "old",
    ],
  });
});

test("where the variant is the default, the others get the safe one", () => {
  const flag = ruled(undefined, { defaultVariant: "on" });
  expect(release(flag, 10).targeting).toEqual({
    fractional: [
      ["on", 10],
      ["off", 90],
    ],
  });
  expect(() => release(flag, 10, { safe: undefined })).toThrow(
    /default of beta, so everybody has it/,
  );
});

test("a split by something else is refused while anybody has the variant", () => {
  const byCompany = ruled(percent({ on: 10 }, { by: "company" }));
  expect(() => release(byCompany, 20, { by: "visitorId" })).toThrow(
    /drawn anew.*--percent 0 first/,
  );
  expect(release(byCompany, 20, { by: "company" }).targeting).toEqual(
    percent({ on: 20 }, { by: "company" }),
  );
  expect(release(byCompany, 20).targeting).toEqual(percent({ on: 20 }, { by: "company" }));
  const none = release(byCompany, 0);
  expect(release(none, 20, { by: "targetingKey" }).targeting).toEqual(percent({ on: 20 }));
});

test("a schedule cannot begin below what there is", () => {
  const steps = [{ at: new Date(NOW + HOUR), percent: 5 }] as const;
  expect(() => release(ruled(percent({ on: 10 })), 0, { steps })).toThrow(/10 % now.*only grows/);
});

test("a rule that it cannot understand is refused", () => {
  for (const rule of [
    { $ref: "staff" },
    { or: [{ $ref: "staff" }] },
    { "==": [1, 1] },
    {
      fractional: [
        ["on", 10],
        ["off", 40],
        ["maybe", 50],
      ],
    },
    {
      fractional: [
        ["off", 40],
        ["maybe", 60],
      ],
    },
    {
      fractional: [
        ["on", 1.5],
        ["off", 1],
      ],
    },
    {
      fractional: [
        ["on", 0],
        ["off", 0],
      ],
    },
    {
      fractional: [
        ["on", { var: "weight" }],
        ["off", 1],
      ],
    },
    {
      fractional: [
        [{ var: "name" }, 1],
        ["on", 1],
      ],
    },
    { or: [percent({ on: 10 }), "on"] },
    { or: [percent({ off: 10 }), "maybe"] },
    { if: [{ var: "company" }] },
    ["on"],
    5,
  ] as JsonValue[]) {
    expect(() => release(ruled(rule), 10)).toThrow(/write the release into the flag document/);
  }
});
