import { createRuleset, type JsonValue, parseFlagSet } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { ruled } from "../shop.js";
import { run } from "./run.js";

/** `rule` inside of `count` operators, each of which nests it two levels deeper. */
function nested(count: number, rule: JsonValue): JsonValue {
  let value = rule;
  for (let index = 0; index < count; index++) value = { "!": [value] };
  return value;
}

function detailsOf(targeting: JsonValue, evaluators: Record<string, JsonValue> = {}) {
  const flags = { bad: ruled(targeting), good: ruled({ if: [true, "on"] }) };
  const ruleset = createRuleset({ flags, $evaluators: evaluators });
  return {
    bad: ruleset.evaluate("bad", false, { targetingKey: "jon" }),
    good: ruleset.evaluate("good", false, {}),
  };
}

const ring = { a: { "!": { $ref: "b" } }, b: [{ $ref: "c" }], c: { $ref: "a" } };

test.each<[string, JsonValue, string]>([
  ["an unknown operator", { nope: [] }, 'targeting uses the unknown operator "nope"'],
  [
    "one deep inside",
    { if: [true, { "!": [{ nope: 1 }] }] },
    "targeting/if/1/!/0 uses the unknown",
  ],
  ["one in a branch never taken", { if: [true, "on", { nope: [] }] }, "targeting/if/2 uses"],
  ["several keys in a condition", { if: [{ and: [true, true], or: [] }, "on"] }, "several keys"],
  ["several keys", { "==": [1, 1], "!": [] }, "targeting has several keys"],
  ["a prototype's name as an operator", { constructor: [] }, '"constructor"'],
  ["another one", { toString: [] }, '"toString"'],
  ["__proto__ as an operator", JSON.parse(`{"__proto__":[]}`), '"__proto__"'],
  ["a name to be escaped", { if: [{ "a/b": { "c~d": [] } }] }, '"a/b"'],
  ["a dangling $ref", { if: [{ $ref: "nobody" }] }, 'targeting/if/0 refers to "nobody"'],
  ["a $ref to a prototype's name", { $ref: "constructor" }, '"constructor"'],
  ["a $ref to __proto__", { $ref: "__proto__" }, '"__proto__"'],
  ["a $ref that is no name", { $ref: ["a"] }, 'refers to ["a"]'],
  ["a $ref to itself", { $ref: "self" }, "itself"],
  ["a $ref that goes round", { or: [{ $ref: "b" }] }, "itself"],
  ["a fault in a shared rule", { $ref: "broken" }, "targeting/$evaluators/broken/if/1 uses"],
])("%s is a PARSE_ERROR of its own flag alone", (_, targeting, message) => {
  const self = { if: [{ $ref: "self" }] };
  const { bad, good } = detailsOf(targeting, { ...ring, self, broken: { if: [1, { nope: 1 }] } });
  expect(bad).toMatchObject({ value: false, reason: "ERROR", errorCode: "PARSE_ERROR" });
  expect(bad.errorMessage).toContain(message);
  expect(bad.variant).toBeUndefined();
  expect(good).toMatchObject({ value: true, variant: "on", reason: "TARGETING_MATCH" });
});

test("a rule may be nested 200 deep and no deeper", () => {
  expect(run(nested(100, true)).value).toBe(true);
  expect(() => run(nested(101, true))).toThrow(/nested deeper than 200/);
});

test.each([201, 5000])("lists nested %d deep are a PARSE_ERROR, like any other rule", (depth) => {
  const lists: JsonValue = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  expect(detailsOf({ in: ["on", lists] }).bad).toMatchObject({
    errorCode: "PARSE_ERROR",
    errorMessage: expect.stringContaining("nested deeper than 200"),
  });
});

describe.each([10_000, 100_000])("nested %d deep, with whom it concerns alone", (depth) => {
  const lists: JsonValue = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  const rule = nested(depth / 2, { var: "plan" });

  test.each<[string, JsonValue, Record<string, JsonValue>]>([
    ["a rule", rule, {}],
    ["a rule in a branch never taken", { if: [true, "on", rule] }, {}],
    ["lists", { if: [{ in: [{ var: "plan" }, lists] }, "on"] }, {}],
    ["lists that are all of the rule", lists, {}],
    ["a split", { fractional: [[lists, 1]] }, {}],
    ["a shared rule", { if: [{ $ref: "deep" }, "on"] }, { deep: rule }],
    ["lists in a shared rule", { $ref: "deep" }, { deep: { merge: [lists] } }],
  ])("%s is a PARSE_ERROR that names the depth", (_, targeting, $evaluators) => {
    const flags = { bad: ruled(targeting), good: ruled({ if: [true, "on"] }) };
    const parsed = parseFlagSet({ flags, $evaluators });
    expect(parsed.issues.filter(({ severity }) => severity === "error")).toEqual([]);
    const ruleset = createRuleset({ flags, $evaluators });
    expect(ruleset.evaluate("bad", false, { targetingKey: "jon" })).toMatchObject({
      value: false,
      reason: "ERROR",
      errorCode: "PARSE_ERROR",
      errorMessage: expect.stringContaining("nested deeper than 200"),
    });
    expect(ruleset.explain("bad", {}).details.errorCode).toBe("PARSE_ERROR");
    expect(ruleset.evaluate("good", false, {}).value).toBe(true);
  });

  test("a rule comes and goes with changes", () => {
    const good = ruled({ if: [true, "on"] });
    const ruleset = createRuleset({ flags: { good, bad: good } });
    const deep = { flags: { good, bad: ruled(rule) } };
    const delta = ruleset.deltaTo(deep);
    expect(ruleset.keysChangedBy(delta)).toEqual(["bad"]);
    const changed = ruleset.apply(delta);
    expect(changed.evaluate("bad", false, {}).errorCode).toBe("PARSE_ERROR");
    const back = changed.apply(changed.deltaTo({ flags: { good, bad: good } }));
    expect(back.evaluate("bad", false, {}).value).toBe(true);
  });
});

const ref = { $ref: "deep" };
const flat = { $ref: "flat" };

test.each<[string, JsonValue[], JsonValue]>([
  ["below first", [nested(50, ref), ref], nested(75, true)],
  ["above first", [ref, nested(50, ref)], nested(75, true)],
  ["with a shallow one in it", [ref, nested(50, ref)], { "===": [nested(75, true), flat] }],
])("a shared rule counts as deep as it stands: %s", (_, parts, deep) => {
  const evaluators = { deep, flat: true };
  expect(() => run({ "===": parts }, {}, { evaluators })).toThrow(/nested deeper than 200/);
});

test("a shared rule counts no deeper than it is, whatever stands before it", () => {
  const rule = { "===": [nested(90, true), flat, nested(20, flat)] };
  expect(run(rule, {}, { evaluators: { flat: true } }).value).toBe(true);
});

test("shared rules refer to each other in any order, and stand wherever a rule may", () => {
  const evaluators = {
    first: { and: [{ $ref: "second" }, { $ref: "third" }] },
    second: { ends_with: [{ $ref: "email" }, "@example.com"] },
    third: { "!": { $ref: "banned" } },
    email: { var: "email" },
    banned: { in: [{ $ref: "email" }, ["eve@example.com"]] },
  };
  const rule = { if: [{ $ref: "first" }, "on", "off"] };
  expect(run(rule, { email: "jon@example.com" }, { evaluators }).value).toBe("on");
  expect(run(rule, { email: "eve@example.com" }, { evaluators }).value).toBe("off");
  expect(run([{ $ref: "email" }], { email: "jon" }, { evaluators }).value).toEqual(["jon"]);
});

test.each(["constructor", "__proto__", "toString"])("a shared rule may be called %s", (name) => {
  const evaluators = JSON.parse(`{"${name}":{"var":"plan"}}`);
  expect(run({ $ref: name }, { plan: "pro" }, { evaluators }).value).toBe("pro");
});

test("a shared rule may be null", () => {
  expect(run({ $ref: "nothing" }, {}, { evaluators: { nothing: null } }).value).toBeNull();
});

test("a shared rule is the same wherever it is used, also twice", () => {
  const evaluators = { pro: { "==": [{ var: "plan" }, "pro"] } };
  const rule = { if: [{ "!": { $ref: "pro" } }, "off", { $ref: "pro" }, "on"] };
  expect(run(rule, { plan: "pro" }, { evaluators }).value).toBe("on");
});

test("shared rules that multiply without end are GENERAL, soon, and no other flag's trouble", () => {
  const levels = Array.from({ length: 40 }, (_, level) => {
    const next = { $ref: `level-${level + 1}` };
    return [`level-${level}`, { and: [next, next] }];
  });
  const evaluators = { ...Object.fromEntries(levels), "level-40": true };
  const { bad, good } = detailsOf({ $ref: "level-0" }, evaluators);
  expect(bad).toMatchObject({ value: false, reason: "ERROR", errorCode: "GENERAL" });
  expect(bad.errorMessage).toContain("steps");
  expect(good.value).toBe(true);
});

/** A shared rule of 60,000 operators, each of which is run. */
const wide = { and: Array.from({ length: 60_000 }, () => ({ "!": 0 })) };

test("an evaluation may take 100,000 steps and no more", () => {
  const { bad } = detailsOf({ "===": [{ $ref: "wide" }, { $ref: "wide" }] }, { wide });
  expect(bad).toMatchObject({ errorCode: "GENERAL" });
  expect(bad.errorMessage).toContain("100000 steps");
});

test("the steps are counted anew for each evaluation", () => {
  const once = ruled({ if: [{ $ref: "wide" }, "on"] });
  const ruleset = createRuleset({ flags: { once }, $evaluators: { wide } });
  const values = [1, 2, 3].map(() => ruleset.evaluate("once", false, {}).value);
  expect(values).toEqual([true, true, true]);
});
