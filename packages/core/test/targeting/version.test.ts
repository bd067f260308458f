import type { JsonValue } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { run } from "./run.js";

test.each<[string, string, string, boolean]>([
  ["1.2.3", "=", "1.2.3", true],
  ["1.2.3", "=", "1.2.4", false],
  ["1.2.3", "!=", "1.2.4", true],
  ["1.2.3", "<", "1.10.0", true],
  ["1.2.3", "<=", "1.2.3", true],
  ["2.0.0", ">", "1.9.9", true],
  ["2.0.0", ">=", "2.0.0", true],
  ["2.0.0-rc.1", ">=", "2.0.0", false],
  ["1.2.3+a", "=", "1.2.3+b", true],
  ["v1.2.3", "=", "V1.2.3", true],
  ["1", "=", "1.0.0", true],
  ["1.2", "<", "1.2.1", true],
  ["1.9.0", "^", "1.2.0", true],
  ["1.0.0", "^", "1.2.0", true],
  ["2.0.0", "^", "1.2.0", false],
  ["1.2.9", "~", "1.2.0", true],
  ["1.3.0", "~", "1.2.0", false],
])("%s %s %s is %s", (left, comparison, right, expected) => {
  const written = { sem_ver: [left, comparison, right] };
  expect(run(written).value).toBe(expected);
  expect(run({ sem_ver: [{ var: "version" }, comparison, right] }, { version: left }).value).toBe(
    expected,
  );
});

test("a number is a version", () => {
  expect(run({ sem_ver: [{ var: "build" }, "<", 3] }, { build: 2.5 }).value).toBe(true);
});

describe("null is what it gives", () => {
  test.each<[JsonValue[]]>([
    [[]],
    [["1.2.3", "="]],
    [["1.2.3", "=", "1.2.3", "1.2.3"]],
    [["1.2.3", "==", "1.2.3"]],
    [["1.2.3", "constructor", "1.2.3"]],
    [["2.0.0.0", "=", "2.0.0"]],
    [[" 1.2.3", "=", "1.2.3"]],
    [["1.2.3", "=", "latest"]],
    [[null, "=", "1.2.3"]],
    [[["1.2.3"], "=", "1.2.3"]],
    [[true, "=", "1.2.3"]],
  ])("for %j", (args) => {
    expect(run({ sem_ver: args }).value).toBeNull();
    const [version = null, ...others] = args;
    expect(run({ sem_ver: [{ var: "version" }, ...others] }, { version }).value).toBeNull();
  });

  test("for what is no list", () => {
    expect(run({ sem_ver: "1.2.3" }).value).toBeNull();
  });
});
