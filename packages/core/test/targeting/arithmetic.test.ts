import type { JsonValue } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { cases, run } from "./run.js";

describe("arithmetic", () =>
  cases([
    [{ "+": [1, 2, 3] }, 6],
    [{ "+": [] }, 0],
    [{ "+": "3.14" }, 3.14],
    [{ "+": ["1", true, null, ""] }, 2],
    [{ "+": { var: "roles.length" } }, 2],
    [{ "-": [5, 2, 1] }, 2],
    [{ "-": [5] }, -5],
    [{ "-": "5" }, -5],
    [{ "*": [2, "3", 4] }, 24],
    [{ "*": [] }, 1],
    [{ "/": [8, 2, 2] }, 2],
    [{ "/": [4] }, 0.25],
    [{ "%": [7, 3] }, 1],
    [{ "%": [-7, 3] }, -1],
    [{ max: [1, 3, 2] }, 3],
    [{ min: [1, 3, 2] }, 1],
    [{ max: { merge: [[1, 5]] } }, 5],
    [{ "+": [{ var: "visits" }, { var: "absent" }] }, 7],
  ]));

test.each([
  { "+": ["a"] },
  { "+": [[1]] },
  { "+": [{}] },
  { "-": [] },
  { "-": [1, "a"] },
  { "*": [2, {}] },
  { "/": [] },
  { "/": [1, 0] },
  { "/": [1, null] },
  { "/": [0] },
  { "%": [1] },
  { "%": [1, 0] },
  { max: [] },
  { min: [] },
  { max: [1, "2"] },
  { min: [null] },
] as JsonValue[])("%j throws: it comes to no number", (rule) => {
  expect(() => run(rule)).toThrow(/calculate|divide|numbers?|order/);
});
