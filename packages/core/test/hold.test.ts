import { createRuleset, type FlagDefinition, parseFlagSet } from "@burgee/core";
import { expect, test } from "vitest";
import { readHold, resumeFlag, writeHold, writeRule } from "../src/hold.js";

const rollout = {
  fractional: [
    ["on", 50],
    [null, 50],
  ],
} as const;

const flag: FlagDefinition = {
  state: "ENABLED",
  variants: { on: true, off: false },
  defaultVariant: "off",
  targeting: rollout,
  metadata: { owner: "payments" },
};

function evaluate(beta: FlagDefinition, targetingKey = "jon") {
  return createRuleset({ flags: { beta } }).evaluate("beta", false, { targetingKey });
}

test("a flag is free until it is held", () => {
  expect(readHold(flag)).toBeUndefined();
  expect(resumeFlag(flag)).toBe(flag);
});

test.each(["guard", "kill"] as const)(
  "a %s serves the variant it names, and keeps the rule",
  (kind) => {
    const held = writeHold(flag, kind, "off");
    expect(held.targeting).toEqual({ if: [true, "off", rollout] });
    expect(held.metadata).toEqual({ owner: "payments", "burgee.hold": kind, "burgee.epoch": 0 });
    expect(readHold(held)).toEqual({ kind, held: "off", rule: rollout, epoch: 0 });
    for (const unit of ["jon", "ada", "eve"]) {
      expect(evaluate(held, unit)).toMatchObject({ variant: "off", reason: "TARGETING_MATCH" });
    }
  },
);

test("a flag without a rule is held and resumed, too", () => {
  const { targeting: _, ...plain } = flag;
  const held = writeHold(plain, "kill", "on");
  expect(held.targeting).toEqual({ if: [true, "on", null] });
  expect(resumeFlag(held)).not.toHaveProperty("targeting");
});

test("resuming begins another epoch, and holding does not", () => {
  const again = writeHold(resumeFlag(writeHold(flag, "guard", "off")), "kill", "off");
  expect(readHold(again)).toMatchObject({ kind: "kill", epoch: 1 });
  const resumed = resumeFlag(again);
  expect(resumed.targeting).toEqual(rollout);
  expect(resumed.metadata).toEqual({ owner: "payments", "burgee.epoch": 2 });
});

test("a hold on a held flag takes the other's place", () => {
  const frozen = writeHold(flag, "ramp", {
    fractional: [
      ["on", 10],
      [null, 90],
    ],
  });
  const tripped = writeHold(frozen, "guard", "off");
  expect(readHold(tripped)).toEqual({ kind: "guard", held: "off", rule: rollout, epoch: 0 });
});

test("another rule is kept for later while the flag is held", () => {
  const rule = { if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] };
  const edited = writeRule(writeHold(flag, "guard", "off"), rule);
  expect(readHold(edited)).toMatchObject({ held: "off", rule });
  expect(resumeFlag(edited).targeting).toEqual(rule);
  expect(writeRule(flag, rule).targeting).toEqual(rule);
});

test.each(["pending", "", "constructor", true])(
  "a hold cannot name %j, which is no variant",
  (held) => {
    expect(() => writeHold(flag, "guard", held)).toThrow(/INVALID_FLAG_SET/);
  },
);

test("a document with a hold that names no variant is refused, and the place is named", () => {
  const beta = { ...writeHold(flag, "kill", "off"), targeting: { if: [true, "gone", null] } };
  expect(parseFlagSet({ flags: { beta } })).toMatchObject({
    ok: false,
    issues: [{ pointer: "/flags/beta/targeting/if/1", severity: "error" }],
  });
});

test.each<[string, Partial<FlagDefinition>]>([
  ["no metadata", { metadata: {} }],
  ["metadata of another kind", { metadata: { "burgee.hold": "frozen" } }],
  ["a rule that is no wrap", { targeting: { if: [false, "off", null] } }],
  ["a wrap without a rule", { targeting: { if: [true, "off"] } }],
])("a flag with %s is free", (_, fields) => {
  const held = writeHold(flag, "kill", "off");
  expect(readHold({ ...held, ...fields })).toBeUndefined();
});

test("a rule that cannot be compiled does not keep its flag from being stopped", () => {
  const held = writeHold({ ...flag, targeting: { nope: [] } }, "kill", "off");
  expect(evaluate(held)).toMatchObject({ variant: "off", reason: "TARGETING_MATCH" });
});
