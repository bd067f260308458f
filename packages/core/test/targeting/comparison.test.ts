import type { JsonValue } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { cases, context, run } from "./run.js";

describe("comparisons", () =>
  cases([
    [{ "==": [{ var: "plan" }, "pro"] }, true],
    [{ "==": [{ var: "visits" }, "7"] }, true],
    [{ "==": [1, true] }, true],
    [{ "==": ["a", "b"] }, false],
    [{ "==": [null, { var: "absent" }] }, true],
    [{ "!=": [{ var: "visits" }, "7"] }, false],
    [{ "!=": ["a", "b"] }, true],
    [{ "===": [{ var: "visits" }, 7] }, true],
    [{ "===": [{ var: "visits" }, "7"] }, false],
    [{ "===": [[], []] }, false],
    [{ "!==": [{ var: "visits" }, "7"] }, true],
    [{ "!==": [7, 7] }, false],
    [{ "<": [1, 2] }, true],
    [{ "<": [2, 2] }, false],
    [{ "<=": [2, 2] }, true],
    [{ "<=": [3, 2] }, false],
    [{ ">": [2, 1] }, true],
    [{ ">": [2, 2] }, false],
    [{ ">=": [2, 2] }, true],
    [{ ">=": [1, 2] }, false],
    [{ "<": ["10", 9] }, false],
    [{ "<": ["10", "9"] }, true],
    [{ "<": ["2026-11-23", "2027-02-01"] }, true],
    [{ "<": [{ var: "absent" }, 1] }, true],
    [{ "<": [1, 2, 3] }, true],
    [{ "<": [1, 3, 2] }, false],
    [{ "<": [2, 1, 3] }, false],
    [{ "<=": [1, { var: "visits" }, 7] }, true],
  ]));

describe("nothing is loosely equal to 0 and false, as json-logic-engine has it", () =>
  cases([
    [{ "==": [{ var: "absent" }, false] }, true],
    [{ "==": [0, { var: "absent" }] }, true],
    [{ "!=": [{ var: "absent" }, false] }, false],
    [{ "==": [{ var: "absent" }, 1] }, false],
  ]));

test.each([
  [{ "<": ["text", 1] }],
  [{ "==": ["text", 1] }],
  [{ "!=": [[1], 1] }],
  [{ ">=": [{ var: "address" }, 1] }],
  [{ "==": [{ var: "roles" }, "admin"] }],
] as JsonValue[][])("%j throws: its arguments have no order", (rule) => {
  expect(() => run(rule as JsonValue, context)).toThrow(TypeError);
});

test.each([{ "==": [1] }, { "<": [] }, { "===": 1 }, { "!=": { var: "roles" } }])(
  "%j throws when it is run: there are no two values",
  (rule) => {
    expect(() => run(rule)).toThrow(TypeError);
    expect(run({ if: [true, "on", rule] }).value).toBe("on");
  },
);

describe("an attribute beside a text, which is compiled as one, is compared like any two", () => {
  const values: JsonValue[] = ["pro", "Pro", "", "7", 7, 0, 1, null, true, false, [], ["pro"], {}];
  const operators = ["==", "!=", "===", "!==", "<", "<=", ">", ">="];
  const outcome = (rule: JsonValue, plan: JsonValue) => {
    try {
      return run(rule, { plan }).value;
    } catch (error) {
      return (error as Error).name;
    }
  };

  test.each(operators)("by %s", (operator) => {
    for (const text of ["pro", "", "7"]) {
      for (const plan of values) {
        const together = { [operator]: [{ var: "plan" }, text] };
        const apart = { [operator]: [{ if: [true, { var: "plan" }] }, text] };
        expect(outcome(together, plan)).toEqual(outcome(apart, plan));
      }
    }
  });
});

describe("the time beside a date is compared like any two numbers", () => {
  test.each(["==", "!=", "===", "!==", "<", "<=", ">", ">="])("by %s", (operator) => {
    const time = { var: "$flagd.timestamp" };
    for (const date of [99, 100, 100.5, 101]) {
      for (const [left, right] of [
        [time, date],
        [date, time],
      ] as JsonValue[][]) {
        const together = { [operator]: [left, right] } as JsonValue;
        const apart = { [operator]: [{ "+": [left] }, right] } as JsonValue;
        expect(run(together, {}, { now: 100_999 })).toEqual(run(apart, {}, { now: 100_999 }));
      }
    }
  });

  test("and between two of them", () => {
    const rule = { "<=": [100, { var: "$flagd.timestamp" }, 200] };
    const at = (second: number) => run(rule, {}, { now: second * 1000 }).value;
    expect([99, 100, 200, 201].map(at)).toEqual([false, true, true, false]);
  });
});
