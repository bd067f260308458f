import { createRuleset, type JsonValue } from "@burgee/core";
import { expect, test, vi } from "vitest";
import { ruled } from "./shop.js";

const time = { var: "$flagd.timestamp" };
const at = (second: number) => second * 1000;

/** A ruleset with one flag of that rule, read once. */
function rulesetOf(rule: JsonValue, evaluators: Record<string, JsonValue> = {}) {
  const ruleset = createRuleset({ flags: { beta: ruled(rule) }, $evaluators: evaluators });
  ruleset.evaluate("beta", false, { targetingKey: "jon" }, 0);
  return ruleset;
}

/** Every moment from the first second on at which something may change. */
function changesOf(rule: JsonValue, evaluators?: Record<string, JsonValue>): number[] {
  const ruleset = rulesetOf(rule, evaluators);
  const seconds: number[] = [];
  for (let next = ruleset.nextChange(0); next !== undefined && seconds.length < 9; ) {
    seconds.push(next / 1000);
    next = ruleset.nextChange(next);
  }
  return seconds;
}

test.each<[string, JsonValue, number[]]>([
  ["from a date on", { if: [{ ">=": [time, 100] }, "on"] }, [100]],
  ["after a date", { if: [{ ">": [time, 100] }, "on"] }, [101]],
  ["before a date", { if: [{ "<": [time, 100] }, "on"] }, [100]],
  ["up to a date", { if: [{ "<=": [time, 100] }, "on"] }, [101]],
  ["a date with a fraction", { if: [{ "<": [time, 100.5] }, "on"] }, [101]],
  ["the date first", { if: [{ "<": [100, time] }, "on"] }, [101]],
  ["between two dates", { if: [{ "<=": [100, time, 200] }, "on"] }, [100, 201]],
  ["at one second", { if: [{ "==": [time, 100] }, "on"] }, [100, 101]],
  [
    "the time written as a list",
    { if: [{ ">=": [{ var: ["$flagd.timestamp"] }, 100] }, "on"] },
    [100],
  ],
  [
    "dates of several branches",
    { if: [{ "<": [time, 300] }, "off", { "<": [time, 100] }, "on"] },
    [100, 300],
  ],
  ["no time at all", { if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] }, []],
  ["another attribute of that name", { if: [{ ">=": [{ var: "timestamp" }, 100] }, "on"] }, []],
])("%s", (_, rule, seconds) => {
  expect(changesOf(rule)).toEqual(seconds);
});

test("the dates of a shared rule count, wherever it is used", () => {
  const evaluators = { open: { ">=": [time, 100] } };
  expect(changesOf({ if: [{ $ref: "open" }, "on", { $ref: "open" }, "off"] }, evaluators)).toEqual([
    100,
  ]);
});

test("a second before nothing is due, at the second the key is", () => {
  const ruleset = rulesetOf({ if: [{ ">=": [time, 100] }, "on"] });
  expect(ruleset.nextChange(at(99))).toBe(at(100));
  expect(ruleset.nextChange(at(100))).toBeUndefined();
  expect(ruleset.changesBetween(at(98), at(99.999))).toEqual([]);
  expect(ruleset.changesBetween(at(99.999), at(100))).toEqual(["beta"]);
  expect(ruleset.changesBetween(at(100), at(101))).toEqual([]);
});

/** Grows from 0 to 600 of 600 between the seconds 1000 and 1600. */
const weight = {
  if: [{ "<": [time, 1000] }, 0, { "<": [time, 1600] }, { "-": [time, 1000] }, 600],
};
const growing = {
  fractional: [
    ["on", weight],
    [null, { "-": [600, weight] }],
  ],
};

test("a weight that grows is looked at each minute, while it grows and not before or after", () => {
  const ruleset = rulesetOf(growing);
  expect(ruleset.nextChange(at(10))).toBe(at(1000));
  expect(ruleset.nextChange(at(1000))).toBe(at(1060));
  expect(ruleset.nextChange(at(1590))).toBe(at(1600));
  expect(ruleset.nextChange(at(1600))).toBeUndefined();
  expect(ruleset.changesBetween(at(1000), at(1060))).toEqual(["beta"]);
  expect(ruleset.changesBetween(at(1700), at(1760))).toEqual([]);
});

test("a part that depends on the time alone is told apart from a context that does not matter", () => {
  const ruleset = rulesetOf({ if: [{ "==": [{ var: "plan" }, "pro"] }, growing, "off"] });
  expect(ruleset.nextChange(at(1600))).toBeUndefined();
  expect(ruleset.nextChange(at(1300))).toBe(at(1360));
});

test("a time compared with an attribute is looked at each minute, for nobody knows the attribute", () => {
  const ruleset = rulesetOf({ if: [{ "<": [time, { var: "trialEnds" }] }, "on"] });
  expect(ruleset.nextChange(at(10))).toBe(at(70));
  expect(ruleset.changesBetween(at(10), at(70))).toEqual(["beta"]);
});

test("a part that fails at times is no reason to fail", () => {
  const ruleset = rulesetOf({ if: [{ "<": [{ "/": [1, { "-": [time, 100] }] }, 1] }, "on"] });
  expect(ruleset.nextChange(at(100))).toBe(at(160));
  expect(ruleset.changesBetween(at(100), at(160))).toEqual(["beta"]);
});

test("it speaks for the flags that were read, and tells when there is one more", () => {
  const scheduled = vi.fn();
  const flags = {
    later: ruled({ if: [{ ">=": [time, 100] }, "on"] }),
    never: ruled({ if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] }),
  };
  const ruleset = createRuleset({ flags }, { scheduled });
  ruleset.evaluate("never", false, {}, 0);
  expect(ruleset.nextChange(0)).toBeUndefined();
  expect(scheduled).not.toHaveBeenCalled();
  ruleset.evaluate("later", false, {}, 0);
  ruleset.evaluate("later", false, {}, 0);
  expect(scheduled.mock.calls).toEqual([["later"]]);
  expect(ruleset.nextChange(0)).toBe(at(100));
});
