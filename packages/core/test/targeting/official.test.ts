import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { EvaluationContext, JsonValue } from "@burgee/core";
import { LogicEngine } from "json-logic-engine";
import { expect, test } from "vitest";
import { isRecord } from "../../src/json.js";
import { run } from "./run.js";

const require = createRequire(import.meta.url);

type Case = readonly [rule: JsonValue, data: unknown, expected: unknown];

/** JsonLogic's own cases (https://jsonlogic.com/tests.json), as json-logic-engine 1 ships them. */
const cases: readonly Case[] = readCases().filter((row): row is Case => typeof row !== "string");

function readCases(): readonly (Case | string)[] {
  const file = join(dirname(require.resolve("json-logic-engine-1")), "../../bench/tests.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

const jsonLogic: { apply(rule: JsonValue, data?: unknown): unknown } = require("json-logic-js");
const engine = new LogicEngine();

test("there are all of JsonLogic's cases", () => expect(cases).toHaveLength(275));

test.each(cases)("%j of %j gives %j", (rule, data, expected) => {
  // A context is an object; where the case has other data, that is the item of a list.
  if (isRecord(data ?? {})) {
    expect(run(rule, (data ?? {}) as EvaluationContext).value).toEqual(expected);
  } else {
    expect(run({ map: [{ var: "list" }, rule] }, { list: [data] }).value).toEqual([expected]);
  }
});

test("both engines of JavaScript hold to those cases, too", () => {
  for (const [rule, data, expected] of cases) {
    expect(jsonLogic.apply(rule, data)).toEqual(expected);
    expect(engine.run(rule, data)).toEqual(expected);
  }
});

test.each<[string, JsonValue]>([
  ["an empty object is false", { "!!": [{ var: "empty" }] }],
  ["and without arguments is null", { and: [] }],
  ["or without arguments is null", { or: [] }],
  ["a list that is null has some of nothing", { some: [{ var: "absent" }, true] }],
  ["a list that is null has none of anything", { none: [{ var: "absent" }, true] }],
  ["a list that is null is not all", { all: [{ var: "absent" }, true] }],
  ["a list that is null is mapped to none", { map: [{ var: "absent" }, true] }],
  ["a list that is null is reduced to what it began with", { reduce: [{ var: "absent" }, 1, 7] }],
  ["null is no text that is searched", { in: ["a", { var: "absent" }] }],
])("where the two differ, json-logic-engine is followed: %s", (_, rule) => {
  const data = { empty: {} };
  expect(run(rule, data).value).toEqual(engine.run(rule, data));
});

test("the two do differ", () => {
  expect(jsonLogic.apply({ "!!": [{ var: "empty" }] }, { empty: {} })).toBe(true);
  expect(jsonLogic.apply({ and: [] })).toBeUndefined();
});
