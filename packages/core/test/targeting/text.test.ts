import type { JsonValue } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { cases, run } from "./run.js";

test.each([
  [{ starts_with: ["jon@example.com", "jon"] }, true],
  [{ starts_with: ["jon@example.com", "example.com"] }, false],
  [{ ends_with: ["jon@example.com", "@example.com"] }, true],
  [{ ends_with: ["jon@example.com", "jon"] }, false],
  [{ ends_with: ["JON@EXAMPLE.COM", "@example.com"] }, false],
  [{ starts_with: ["", ""] }, true],
  [{ ends_with: ["short", "much longer"] }, false],
])("%j gives %j", (rule, expected) => {
  expect(run(rule as JsonValue).value).toBe(expected);
});

test("both arguments may be expressions", () => {
  const rule = { ends_with: [{ var: "email" }, { var: "domain" }] };
  expect(run(rule, { email: "jon@example.com", domain: "example.com" }).value).toBe(true);
});

test.each(
  ["starts_with", "ends_with"].flatMap((operator) =>
    [[], ["a"], ["a", "a", "a"], ["a", 1], [1, "1"], [null, "a"], ["a", null], [["a"], "a"]].map(
      (args) => [operator, args] as const,
    ),
  ),
)("%s of %j gives null: it takes exactly two texts", (operator, args) => {
  expect(run({ [operator]: args }).value).toBeNull();
  expect(run({ [operator]: "a" }).value).toBeNull();
});

test("a missing attribute gives null, not false", () => {
  expect(run({ ends_with: [{ var: "email" }, "@example.com"] }).value).toBeNull();
});

describe("cat joins texts, and what writes one", () =>
  cases([
    [{ cat: "ice" }, "ice"],
    [{ cat: ["ice", "cream"] }, "icecream"],
    [{ cat: [1, true, { var: "plan" }, 0.5] }, "1truepro0.5"],
    [{ cat: { var: "roles" } }, "admineditor"],
    [{ cat: [{ var: "roles" }] }, "admin,editor"],
    [{ cat: [] }, ""],
  ]));

test("a missing attribute is joined as null, as json-logic-engine compiles it", () => {
  expect(run({ cat: ["user-", { var: "absent" }] }).value).toBe("user-null");
});

describe("substr", () =>
  cases([
    [{ substr: ["jsonlogic", 4] }, "logic"],
    [{ substr: ["jsonlogic", -5] }, "logic"],
    [{ substr: ["jsonlogic", 1, 3] }, "son"],
    [{ substr: ["jsonlogic", 4, -2] }, "log"],
    [{ substr: ["jsonlogic", -5, -2] }, "log"],
    [{ substr: ["jsonlogic", -50, 4] }, "json"],
    [{ substr: ["jsonlogic", 0, -50] }, ""],
    [{ substr: ["jsonlogic", "4"] }, "logic"],
    [{ substr: ["jsonlogic"] }, "jsonlogic"],
  ]));

test("substr of what is no text throws", () => {
  expect(() => run({ substr: [7, 0] })).toThrow(TypeError);
});

test("a date is compared as the text that it is for any rule", () => {
  const given = { var: "signedUp" };
  const context = { signedUp: new Date("2027-01-04T09:00:00Z") };
  for (const date of [given, { var: ["signedUp", "never"] }]) {
    expect(run({ starts_with: [date, "2027-01-04T"] }, context).value).toBe(true);
    expect(run({ ends_with: [date, "09:00:00.000Z"] }, context).value).toBe(true);
  }
});

test.each(["starts_with", "ends_with"])("%s of an attribute that is no text gives null", (name) => {
  for (const email of [7, null, true, ["a"], {}]) {
    expect(run({ [name]: [{ var: "email" }, "a"] }, { email }).value).toBeNull();
  }
});
