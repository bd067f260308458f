import type { EvaluationContext, JsonValue } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { run } from "./run.js";

const context = {
  plan: "pro",
  visits: 7,
  zero: 0,
  nothing: null,
  "": "empty",
  roles: ["admin", "editor"],
  address: { country: "NL", lines: ["Quay 1"] },
};

function cases(table: readonly (readonly [rule: JsonValue, expected: unknown])[]): void {
  test.each(table)("%j gives %j", (rule, expected) => {
    expect(run(rule, context).value).toEqual(expected);
  });
}

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

describe("var reads an attribute, or gives its fallback", () =>
  cases([
    [{ var: "plan" }, "pro"],
    [{ var: ["plan"] }, "pro"],
    [{ var: "zero" }, 0],
    [{ var: ["zero", 1] }, 0],
    [{ var: "absent" }, null],
    [{ var: ["absent", "free"] }, "free"],
    [{ var: ["absent", { var: "plan" }] }, "pro"],
    [{ var: ["nothing", "free"] }, "free"],
    [{ var: "address.country" }, "NL"],
    [{ var: "address.lines.0" }, "Quay 1"],
    [{ var: "roles.1" }, "editor"],
    [{ var: "roles.length" }, 2],
    [{ var: "plan.length" }, null],
    [{ var: "address.city.name" }, null],
    [{ var: ["address.city", "Delft"] }, "Delft"],
    [{ var: [{ if: [true, "plan"] }] }, "pro"],
    [{ var: [{ if: [true, "address.country"] }] }, "NL"],
  ]));

test.each([{ var: "" }, { var: [] }, { var: null }])("%j is the whole context", (rule) => {
  expect(run(rule, { plan: "pro" }, { flagKey: "beta", now: 5999 }).value).toEqual({
    plan: "pro",
    $flagd: { flagKey: "beta", timestamp: 5 },
  });
});

test.each([
  ["$flagd.flagKey", "beta"],
  ["$flagd.timestamp", 5],
  ["$flagd", { flagKey: "beta", timestamp: 5 }],
  ["$flagd.admin", null],
])("%s is the evaluation's own, whatever the caller says", (path, expected) => {
  const forged = { $flagd: { flagKey: "forged", timestamp: 0, admin: true } };
  expect(run({ var: path }, forged, { flagKey: "beta", now: 5999 }).value).toEqual(expected);
});

const inherited = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

test.each(
  inherited.flatMap((name) => [name, `${name}.name`, `plan.${name}`, `roles.${name}`, `o.${name}`]),
)("%s is no attribute unless the context has it", (path) => {
  const given = { plan: "pro", roles: [], o: {} };
  expect(run({ var: [path, "fallback"] }, given).value).toBe("fallback");
  expect(run({ var: [{ if: [true, path] }, "fallback"] }, given).value).toBe("fallback");
});

test.each(inherited)("%s is an attribute if the context has it", (name) => {
  const given: EvaluationContext = JSON.parse(`{"${name}":"mine","o":{"${name}":"mine"}}`);
  expect(run({ var: name }, given).value).toBe("mine");
  expect(run({ var: `o.${name}` }, given).value).toBe("mine");
});

test("an attribute is read as plain data, whatever it is inside", () => {
  const since = new Date(0);
  const given = { since, visits: 7n, o: { since, visits: 7n } };
  for (const path of ["since", "o.since"]) {
    expect(run({ "<": [{ var: path }, "1970-01-02"] }, given).value).toBe(true);
    expect(run({ var: path }, given).value).toBe("1970-01-01T00:00:00.000Z");
  }
  for (const path of ["visits", "o.visits"]) {
    expect(run({ "===": [{ var: path }, 7] }, given).value).toBe(true);
  }
});

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

test.each([{ "==": [1] }, { "<": [] }, { "===": 1 }])("%j does not compile", (rule) => {
  expect(() => run(rule)).toThrow(SyntaxError);
});

describe("in finds an item in a list or a part in a text", () =>
  cases([
    [{ in: ["admin", { var: "roles" }] }, true],
    [{ in: ["owner", { var: "roles" }] }, false],
    [{ in: [{ var: "plan" }, ["free", "pro"]] }, true],
    [{ in: ["7", [7]] }, false],
    [{ in: ["@example.com", "jon@example.com"] }, true],
    [{ in: [2, "123"] }, true],
    [{ in: ["x", ""] }, false],
    [{ in: ["admin", { var: "absent" }] }, false],
    [{ in: ["admin"] }, false],
    [{ in: ["toString", []] }, false],
  ]));

describe("nothing is in false or 0, as json-logic-engine has it", () =>
  cases([
    [{ in: ["admin", false] }, false],
    [{ in: ["admin", { var: "zero" }] }, false],
  ]));

test.each([7, { a: 1 }, true])("in throws on %j, which is neither list nor text", (list) => {
  expect(() => run({ in: ["a", { var: "list" }] }, { list })).toThrow(TypeError);
});
