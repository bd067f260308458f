import { describe, expect, test } from "vitest";
import { cases, run } from "./run.js";

describe("a rule without an operator is itself", () =>
  cases([
    ["on", "on"],
    [7, 7],
    [null, null],
    [{}, {}],
    [
      ["on", { var: "plan" }],
      ["on", "pro"],
    ],
  ]));

describe("if takes the first branch whose condition holds", () =>
  cases([
    [{ if: [true, "a", "b"] }, "a"],
    [{ if: [false, "a", "b"] }, "b"],
    [{ if: [false, "a"] }, null],
    [{ if: [false, "a", true, "b", "c"] }, "b"],
    [{ if: [false, "a", false, "b", "c"] }, "c"],
    [{ if: [false, "a", false, "b"] }, null],
    [{ if: ["only"] }, "only"],
    [{ if: [] }, null],
    [{ "?:": [true, "a", "b"] }, "a"],
  ]));

describe("an empty list, an empty object, 0, '' and null are false, all else is true", () =>
  cases([
    [{ "!!": [[]] }, false],
    [{ "!!": [{}] }, false],
    [{ "!!": [0] }, false],
    [{ "!!": [""] }, false],
    [{ "!!": [null] }, false],
    [{ "!!": [false] }, false],
    [{ "!!": [] }, false],
    [{ "!!": [[0]] }, true],
    [{ "!!": { var: "address" } }, true],
    [{ "!!": ["0"] }, true],
    [{ "!!": [-1] }, true],
    [{ "!": [[]] }, true],
    [{ "!": true }, false],
    [{ "!": { var: "absent" } }, true],
    [{ if: [{ var: "roles" }, "a", "b"] }, "a"],
  ]));

describe("and gives the first false argument, or the last", () =>
  cases([
    [{ and: [true, "x", "on"] }, "on"],
    [{ and: [true, "", "on"] }, ""],
    [{ and: [[], "on"] }, []],
    [{ and: [] }, null],
    [{ and: [false, { "<": ["text", 1] }] }, false],
  ]));

describe("or gives the first true argument, or the last", () =>
  cases([
    [{ or: [false, "on", "x"] }, "on"],
    [{ or: [false, 0, ""] }, ""],
    [{ or: [] }, null],
    [{ or: ["on", { "<": ["text", 1] }] }, "on"],
  ]));

describe("what is no list of arguments", () => {
  test.each(["if", "?:", "and", "or"])("makes %s throw when it is run, and not before", (name) => {
    const rule = { [name]: { var: "roles" } };
    expect(() => run(rule, { roles: ["a"] })).toThrow(/needs a list of arguments/);
    expect(run({ if: [true, "on", rule] }).value).toBe("on");
  });

  test("is one argument of ! and !!", () => {
    expect(run({ "!": { var: "roles" } }, { roles: [0] }).value).toBe(false);
    expect(run({ "!!": { var: "roles" } }, { roles: [] }).value).toBe(false);
  });
});

describe("a condition on two others, which is compiled without its and, is like any other", () => {
  const values = [true, false, null, [], ["a"], 0, "x"] as const;

  test.each(values)("%j first", (first) => {
    for (const second of values) {
      for (const otherwise of [[], ["off"], [{ var: "plan" }]]) {
        const both = [{ var: "first" }, { var: "second" }];
        const context = { first, second, plan: "pro" };
        const together = { if: [{ and: both }, "on", ...otherwise] };
        const apart = { if: [{ "!!": { and: both } }, "on", ...otherwise] };
        expect(run(together, context)).toEqual(run(apart, context));
      }
    }
  });
});
