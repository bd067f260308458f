import { createRuleset, type FlagDefinition, type JsonValue } from "@burgee/core";
import { expect, test } from "vitest";
import { resumeFlag, writeHold } from "../src/hold.js";
import { freezeRamp } from "../src/ramp.js";

const time = { var: "$flagd.timestamp" };
const growing = {
  fractional: [
    ["on", { "-": [time, 1000] }],
    [null, { "-": [1100, time] }],
  ],
};
const at = (second: number) => second * 1000;

test("weights that are computed from the time become what they are", () => {
  const rule = { if: [{ "==": [{ var: "plan" }, "pro"] }, "on", growing] };
  expect(freezeRamp(rule, {}, at(1030))).toEqual({
    if: [
      { "==": [{ var: "plan" }, "pro"] },
      "on",
      {
        fractional: [
          ["on", 30],
          [null, 70],
        ],
      },
    ],
  });
});

test("what does not depend on the time stays as it is written", () => {
  const byPlan = { if: [{ "==": [{ var: "plan" }, "pro"] }, 90, 10] };
  const rule = {
    if: [
      { "<": [time, 5000] },
      { fractional: [{ var: "company" }, ["on", byPlan], ["off", 5], ["other"]] },
      [{ cat: ["a", "b"] }, {}, null, true],
    ],
  };
  expect(freezeRamp(rule, {}, at(1030))).toEqual(rule);
});

test("a shared rule is written out where a weight of it is computed from the time", () => {
  const evaluators = { growing, staff: { ends_with: [{ var: "email" }, "@example.com"] } };
  const rule = { if: [{ $ref: "staff" }, "on", { $ref: "growing" }] };
  expect(freezeRamp(rule, evaluators, at(1010))).toEqual({
    if: [
      { $ref: "staff" },
      "on",
      {
        fractional: [
          ["on", 10],
          [null, 90],
        ],
      },
    ],
  });
});

test("a rule that cannot be compiled is not frozen", () => {
  expect(() => freezeRamp({ $ref: "gone" }, {}, 0)).toThrow(SyntaxError);
  const around: JsonValue = { $ref: "a" };
  expect(() => freezeRamp(around, { a: { if: [true, around] } }, 0)).toThrow(SyntaxError);
});

test("a held ramp stays where it was, and its split stays the same one", () => {
  const free: FlagDefinition = {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: growing,
  };
  const held = writeHold(free, "ramp", freezeRamp(growing, {}, at(1030)));
  const ruleset = createRuleset({ flags: { free, held } });
  const units = Array.from({ length: 200 }, (_, index) => `user-${index}`);
  const decide = (key: "free" | "held", second: number) =>
    units.map((targetingKey) => ruleset.evaluate(key, false, { targetingKey }, at(second)));
  const variants = (details: ReturnType<typeof decide>) => details.map(({ variant }) => variant);

  expect(variants(decide("held", 1090))).toEqual(variants(decide("held", 1030)));
  expect(variants(decide("free", 1090))).not.toEqual(variants(decide("free", 1030)));
  expect(decide("held", 1090)[0]?.split?.share).toEqual({ on: 0.3, off: 0.7 });
  expect(decide("held", 1090)[0]?.split?.id).toBe(decide("free", 1090)[0]?.split?.id);
  expect(resumeFlag(held).targeting).toEqual(growing);
});
