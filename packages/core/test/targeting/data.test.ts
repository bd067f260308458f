import type { EvaluationContext } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { cases, run } from "./run.js";

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
    [{ var: "plan.length" }, 3],
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

describe("a backslash takes the meaning from a dot, a slash or a backslash", () => {
  const given = { "a.b": { c: "dotted" }, "a/b": "slashed", "a\\b": "backslashed", "a\\": 1 };
  test.each([
    ["a\\.b.c", "dotted"],
    ["a\\/b", "slashed"],
    ["a\\\\b", "backslashed"],
    ["a\\", 1],
    ["a.b.c", null],
  ])("%s", (path, expected) => {
    expect(run({ var: path }, given).value).toBe(expected);
  });
});

test("a path that leads into an item, in a list's operator", () => {
  const rule = { map: [{ var: "lines" }, { var: "price.net" }] };
  const lines = [{ price: { net: 7 } }, { price: 1 }, null];
  expect(run(rule, { lines }).value).toEqual([7, null, null]);
});

describe("missing gives the names that the context does not have", () =>
  cases([
    [{ missing: ["plan", "city", "address.country", "address.city"] }, ["city", "address.city"]],
    [{ missing: "city" }, ["city"]],
    [{ missing: { merge: ["city", ["plan"]] } }, ["city"]],
    [{ missing: [] }, []],
    [{ missing: ["nothing", "zero"] }, []],
    [
      { missing: ["$flagd.flagKey", "constructor", "roles.toString"] },
      ["constructor", "roles.toString"],
    ],
  ]));

describe("missing_some gives them where fewer than so many are there", () =>
  cases([
    [{ missing_some: [1, ["plan", "city"]] }, []],
    [{ missing_some: [2, ["plan", "city", "street"]] }, ["city", "street"]],
  ]));

test("missing_some without a list of names throws", () => {
  expect(() => run({ missing_some: [1, "plan"] })).toThrow(TypeError);
});

test("names of a hostile length, one after the other, stop at the step limit", () => {
  const name = "a".repeat(100_000);
  const rules = [
    { missing: Array.from({ length: 100 }, () => ({ var: "name" })) },
    { and: [true, ...Array.from({ length: 100 }, () => ({ "!": { var: { var: "name" } } }))] },
  ];
  for (const rule of rules) {
    expect(() => run(rule, { name })).toThrow(/takes more than 100000 steps/);
  }
  expect(run({ missing: [{ var: "name" }] }, { name }).value).toEqual([name]);
});
