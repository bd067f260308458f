import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { EvaluationContext, JsonValue } from "@burgee/core";
import { expect, test } from "vitest";
import { isRecord } from "../../src/json.js";
import { run } from "./run.js";

type Case = readonly [rule: JsonValue, data: unknown, expected: unknown];

/** JsonLogic's own cases (https://jsonlogic.com/tests.json), as json-logic-engine 1 ships them. */
const cases: readonly Case[] = readCases().filter((row): row is Case => typeof row !== "string");

function readCases(): readonly (Case | string)[] {
  const { resolve } = createRequire(import.meta.url);
  const file = join(dirname(resolve("json-logic-engine-1")), "../../bench/tests.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

test("there are all of JsonLogic's cases", () => expect(cases).toHaveLength(275));

test.each(cases)("%j of %j gives %j", (rule, data, expected) => {
  // A context is an object; where the case has other data, that is the item of a list.
  if (isRecord(data ?? {})) {
    expect(run(rule, (data ?? {}) as EvaluationContext).value).toEqual(expected);
  } else {
    expect(run({ map: [{ var: "list" }, rule] }, { list: [data] }).value).toEqual([expected]);
  }
});
