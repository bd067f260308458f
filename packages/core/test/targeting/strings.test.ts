import type { JsonValue } from "@burgee/core";
import { expect, test } from "vitest";
import { run } from "./run.js";

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
