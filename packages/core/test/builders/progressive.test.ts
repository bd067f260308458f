import {
  createRuleset,
  type JsonValue,
  progressive,
  type RolloutStep,
  type Rule,
} from "@burgee/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, evaluator } from "./decide.js";

const monday = "2027-01-04T09:00:00Z";
const start = Date.parse(monday);
const HOUR = 3_600_000;
const NOW = { var: "$flagd.timestamp" };
const jon = { targetingKey: "jon" };

type Steps = readonly [RolloutStep, ...RolloutStep[]];

/** Steps in hours after Monday, 09:00. */
function steps(...points: readonly (readonly [hours: number, percent: number])[]): Steps {
  return points.map(([hours, percent]) => ({
    at: new Date(start + hours * HOUR),
    percent,
  })) as unknown as Steps;
}

/** The share of `on` at a time. */
function shares(rule: Rule) {
  const decided = evaluator(rule);
  return (now: number) => decided(jon, now).share?.["on"];
}

/** The weights of a rollout: of the variant, and of the rest. */
function weightsOf(rule: Rule): [JsonValue, JsonValue] {
  const [on, rest] = rule["fractional"] as unknown as [JsonValue, JsonValue][];
  return [on?.[1] ?? null, rest?.[1] ?? null];
}

/** What a weight is once the rollout has ended: it must be written, and read no time. */
function endOf(weight: JsonValue): number {
  return (weight as unknown as { if: [...JsonValue[], number] }).if.at(-1) as number;
}

const rollout = fc
  .record({
    begin: fc.integer({ min: 0, max: 4_000_000_000 }),
    gaps: fc.array(fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 1e8 })), {
      maxLength: 4,
    }),
    percents: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 5, maxLength: 5 }),
    decimals: fc.constantFrom(1, 100, 10_000),
  })
  .map(({ begin, gaps, percents, decimals }) => {
    const sorted = percents
      .map((percent) => Math.floor((percent * decimals) / 10_000) / decimals)
      .sort((a, b) => a - b);
    let time = begin;
    return [0, ...gaps].map((gap, index) => {
      time += gap;
      return { time, at: new Date(time * 1000), percent: sorted[index] ?? 0 };
    });
  });

test("nobody has the variant before the first date, all of the last share have it from the last", () => {
  const share = shares(progressive("on", steps([0, 10], [24, 50])));
  expect([start - HOUR, start - 1].map(share)).toEqual([0, 0]);
  expect([start, start + 24 * HOUR, start + 9999 * HOUR].map(share)).toEqual([0.1, 0.5, 0.5]);
});

test("between two dates the share grows evenly", () => {
  const share = shares(progressive("on", steps([0, 10], [24, 50], [72, 100])));
  const hours = [6, 12, 18, 24, 36, 48, 60];
  const percents = hours.map((hour) => (share(start + hour * HOUR) ?? 0) * 100);
  for (const [index, percent] of [20, 30, 40, 50, 62.5, 75, 87.5].entries()) {
    expect(percents[index]).toBeCloseTo(percent, 10);
  }
});

test("at 100 % everybody with a key has it, and who has no key never has", () => {
  const rule = progressive("on", steps([0, 0], [24, 100]));
  const now = start + 24 * HOUR;
  for (let user = 0; user < 500; user++) {
    expect(decide(rule, { targetingKey: `user-${user}` }, { now }).variant).toBe("on");
  }
  expect(decide(rule, {}, { now }).variant).toBe("none");
});

test("as time goes by nobody loses the variant", () => {
  const decided = evaluator(progressive("on", steps([0, 5], [10, 40], [17, 100])));
  const had = new Set<number>();
  for (let now = start; now <= start + 18 * HOUR; now += HOUR / 4) {
    for (let user = 0; user < 200; user++) {
      if (decided({ targetingKey: `user-${user}` }, now).variant === "on") had.add(user);
      else expect(had.has(user)).toBe(false);
    }
  }
  expect(had.size).toBe(200);
});

test("the weights are whole numbers of one total at any second", () => {
  fc.assert(
    fc.property(
      rollout,
      fc.integer({ min: -10, max: 200_000_000 }),
      fc.nat(),
      (points, gone, place) => {
        const rule = progressive("on", points as unknown as Steps);
        const [on, rest] = weightsOf(rule);
        const total = endOf(on) + endOf(rest);
        expect(total).toBeLessThanOrEqual(2_147_483_647);
        const whole = (weight: JsonValue) => ({ "===": [{ "%": [weight, 1] }, 0] });
        const sound = evaluator({
          if: [{ and: [whole(on), whole(rest), { "===": [{ "+": [on, rest] }, total] }] }, "on"],
        });
        const first = points[0]?.time ?? 0;
        const around = points[place % points.length]?.time ?? 0;
        for (const now of [first + gone, around - 1, around, around + 1]) {
          expect([now, sound(jon, now * 1000).variant]).toEqual([now, "on"]);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("the share never falls, and is exactly what each step says", () => {
  fc.assert(
    fc.property(rollout, fc.array(fc.nat({ max: 200_000_000 })), (points, gone) => {
      const share = shares(progressive("on", points as unknown as Steps));
      for (const { time, percent } of points)
        expect(share(time * 1000)).toBe(Math.round(percent * 10_000) / 1_000_000);
      const first = points[0]?.time ?? 0;
      const times = [...gone.map((seconds) => first + seconds), ...points.map(({ time }) => time)];
      const seen = times.sort((a, b) => a - b).map((time) => share(time * 1000) ?? Number.NaN);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});

test("between two steps the share is on their line, to a millionth", () => {
  fc.assert(
    fc.property(rollout, fc.double({ min: 0, max: 1, noNaN: true }), (points, way) => {
      const share = shares(progressive("on", points as unknown as Steps));
      for (const [index, to] of points.slice(1).entries()) {
        const from = points[index] ?? to;
        const gone = Math.floor(way * (to.time - from.time));
        const line = from.percent + ((to.percent - from.percent) * gone) / (to.time - from.time);
        const off = Math.abs((share((from.time + gone) * 1000) ?? Number.NaN) - line / 100);
        expect(off).toBeLessThan(1.1e-6);
      }
    }),
    { numRuns: 500 },
  );
});

describe("what is written", () => {
  test("from nothing to all within a day are a day's seconds", () => {
    const [from, to] = [start / 1000, start / 1000 + 86_400];
    const [early, going] = [{ "<": [NOW, from] }, { "<": [NOW, to] }];
    expect(progressive("on", steps([0, 0], [24, 100]))).toEqual({
      fractional: [
        ["on", { if: [early, 0, going, { "-": [NOW, from] }, 86_400] }],
        [null, { if: [early, 86_400, going, { "-": [to, NOW] }, 0] }],
      ],
    });
  });

  test("one step is a percentage from a date on", () => {
    const early = { "<": [NOW, start / 1000] };
    expect(progressive("on", steps([0, 25]))).toEqual({
      fractional: [
        ["on", { if: [early, 0, 25] }],
        [null, { if: [early, 100, 75] }],
      ],
    });
  });

  test("between equal percentages nothing is computed", () => {
    const rule = progressive("on", steps([0, 10], [24, 10]));
    expect(weightsOf(rule)[0]).toEqual({
      if: [{ "<": [NOW, start / 1000] }, 0, { "<": [NOW, start / 1000 + 86_400] }, 10, 10],
    });
  });

  test("it is one split, whatever the time", () => {
    const flag = {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "off",
      targeting: progressive("on", steps([0, 10], [24, 50], [72, 100])),
    } as const;
    const ruleset = createRuleset({ flags: { flag } });
    const ids = [-1, 0, 30, 100].map((hour) => {
      return ruleset.evaluate("flag", false, jon, start + hour * HOUR).split?.id;
    });
    expect(ids[0]).toBeDefined();
    expect(new Set(ids).size).toBe(1);
  });
});

test("outside of the rollout the time is only compared, so that nothing has to watch it", () => {
  const flag = {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: progressive("on", steps([0, 10], [24, 50])),
  } as const;
  const ruleset = createRuleset({ flags: { flag } });
  ruleset.evaluate("flag", false, jon, start);
  const end = start + 24 * HOUR;
  expect(ruleset.nextChange(start - 9 * HOUR)).toBe(start);
  expect(ruleset.nextChange(start)).toBeLessThan(start + HOUR);
  expect(ruleset.nextChange(end - 1000)).toBe(end);
  expect(ruleset.nextChange(end)).toBeUndefined();
});

test("by an attribute, everybody with the same value gets it at the same time", () => {
  const decided = evaluator(progressive("on", steps([0, 0], [24, 100]), { by: "company" }));
  for (let hour = -1; hour <= 24; hour++) {
    const now = start + hour * HOUR;
    const [jons, adas] = ["jon", "ada"].map((targetingKey) =>
      decided({ targetingKey, company: "acme" }, now),
    );
    expect(jons).toEqual(adas);
    expect(decided(jon, now)).toEqual({ variant: "none" });
  }
  expect(decided({ company: "acme" }, start + 24 * HOUR).variant).toBe("on");
});

describe("a fault", () => {
  test.each<[string, readonly RolloutStep[], string]>([
    ["no steps", [], "at least one step"],
    ["a date twice", steps([0, 10], [0, 50]), "step 2 is not later"],
    ["a date before the one before", steps([0, 10], [5, 20], [4, 50]), "step 3 is not later"],
    [
      "dates within one second",
      [
        { at: monday, percent: 1 },
        { at: new Date(start - 500), percent: 2 },
      ],
      "step 2",
    ],
    ["a percentage that falls", steps([0, 10], [24, 9.9]), "step 2 has fewer percent"],
    ["more than all", steps([0, 101]), "not 101"],
    ["less than nothing", steps([0, -1]), "not -1"],
    ["NaN", steps([0, Number.NaN]), "not NaN"],
    ["no date", [{ at: "Monday", percent: 10 }], '"Monday" is no date'],
  ])("is %s", (_, points, named) => {
    expect(() => progressive("on", points as Steps)).toThrow(
      expect.objectContaining({ code: "INVALID_RULE", message: expect.stringContaining(named) }),
    );
  });
});
