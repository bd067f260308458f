import { createRuleset, type EvaluationContext, type JsonValue } from "@burgee/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeHold } from "../src/hold.js";
import { ruled } from "./shop.js";

function explain(rule: JsonValue, context: EvaluationContext = {}, now = 0) {
  const evaluators = { staff: { ends_with: [{ var: "email" }, "@example.com"] } };
  const ruleset = createRuleset({ flags: { beta: ruled(rule) }, $evaluators: evaluators });
  return ruleset.explain("beta", context, now);
}

test("each operator is there with its inputs and its result, and what was not needed is not", () => {
  const rule = { if: [{ "==": [{ var: "plan" }, "pro"] }, "on", { nowhere: 1 }].slice(0, 2) };
  expect(explain(rule, { plan: "pro" })).toEqual({
    key: "beta",
    details: { value: true, variant: "on", reason: "TARGETING_MATCH", flagMetadata: {} },
    rule: {
      pointer: "",
      operator: "if",
      result: "on",
      inputs: [
        {
          pointer: "/if/0",
          operator: "==",
          result: true,
          inputs: [
            { pointer: "/if/0/==/0", operator: "var", result: "pro", inputs: [] },
            { pointer: "/if/0/==/1", result: "pro", inputs: [] },
          ],
        },
        { pointer: "/if/1", result: "on", inputs: [] },
      ],
    },
  });
});

test("a shared rule is explained where it stands, by its own place", () => {
  const { rule } = explain({ if: [{ $ref: "staff" }, "on"] }, { email: "jon@example.com" });
  expect(rule?.inputs[0]).toMatchObject({
    pointer: "/if/0",
    operator: "$ref",
    result: true,
    inputs: [{ pointer: "/$evaluators/staff", operator: "ends_with", result: true }],
  });
});

test("a list's rule is there once for each item", () => {
  const over = { ">": [{ var: "" }, 1] };
  const { rule } = explain({ if: [{ some: [[1, 2, 3], over] }, "on"] });
  const some = rule?.inputs[0];
  expect(some).toMatchObject({ operator: "some", result: true });
  expect(some?.inputs.map(({ result }) => result)).toEqual([[1, 2, 3], false, true]);
});

test("the part that failed says why, and so do those around it", () => {
  const { details, rule } = explain({ if: [{ "+": [{ var: "plan" }] }, "on"] }, { plan: "pro" });
  expect(details.errorCode).toBe("GENERAL");
  expect(rule).toMatchObject({ operator: "if", error: expect.stringContaining("calculate") });
  expect(rule?.inputs[0]).toMatchObject({
    operator: "+",
    error: expect.stringContaining("calculate"),
    inputs: [{ operator: "var", result: "pro" }],
  });
  expect(rule).not.toHaveProperty("result");
});

test("it is decided at the time that is asked for", () => {
  const rule = { if: [{ ">=": [{ var: "$flagd.timestamp" }, 100] }, "on"] };
  expect(explain(rule, {}, 99_999).details.value).toBe(false);
  expect(explain(rule, {}, 100_000).details.value).toBe(true);
  expect(explain(rule, {}, 100_000).rule?.inputs[0]?.inputs.map(({ result }) => result)).toEqual([
    100, 100,
  ]);
});

test("a held flag is explained by what is held", () => {
  const beta = writeHold(ruled({ if: [true, "on"] }), "kill", "off");
  const explanation = createRuleset({ flags: { beta } }).explain("beta", {});
  expect(explanation).toMatchObject({
    details: { variant: "off" },
    hold: { kind: "kill", held: "off", epoch: 0 },
    rule: { pointer: "", result: "off", inputs: [] },
  });
});

test("a flag that is unknown, off, without a rule, or broken has details and no rule", () => {
  const flags = {
    off: { ...ruled({ if: [true, "on"] }), state: "DISABLED" },
    plain: ruled(null),
    broken: ruled({ nope: [] }),
  } as const;
  const ruleset = createRuleset({ flags });
  for (const key of ["unknown", "off", "plain", "broken"]) {
    const explanation = ruleset.explain(key, {});
    expect(explanation.details).toEqual(ruleset.evaluate(key, undefined, {}));
    expect(explanation).not.toHaveProperty("rule");
  }
});

test("a list that is too long to be told in full is told in part", () => {
  const list = Array.from({ length: 20_000 }, (_, index) => index);
  const { details, rule } = explain(
    { if: [{ some: [{ var: "list" }, { var: "" }] }, "on"] },
    { list: list.map(() => 0) },
  );
  expect(details.value).toBe(false);
  const count = (part: NonNullable<typeof rule>): number =>
    1 + part.inputs.reduce((sum, input) => sum + count(input), 0);
  expect(rule && count(rule)).toBe(10_000);
});

test("what the parts come to is what the rule comes to", () => {
  const value = fc.oneof(
    fc.constantFrom<JsonValue>("on", "off", null, 1, true),
    fc.constant({ var: "plan" }),
  );
  const { rule } = fc.letrec<{ rule: JsonValue }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4 },
      value,
      fc
        .tuple(
          fc.constantFrom("if", "and", "or", "!", "==", "cat", "in", "starts_with", "fractional"),
          fc.array(tie("rule"), { minLength: 1, maxLength: 3 }),
        )
        .map(([operator, args]) => ({ [operator]: args })),
    ),
  }));
  fc.assert(
    fc.property(rule, fc.constantFrom("on", "pro", ""), (rule, plan) => {
      const explanation = explain({ if: [true, rule] }, { plan, targetingKey: "jon" });
      const { details } = explanation;
      const result = explanation.rule?.result;
      if (details.errorCode === undefined && details.reason === "TARGETING_MATCH") {
        expect(details.variant).toBe(String(result));
      }
    }),
  );
});
