import { opensGate } from "@burgee/core";
import { expect, test } from "vitest";

const on = { value: true, variant: "on" };
const off = { value: false, variant: "off" };
const hybrid = { value: "hybrid", variant: "hybrid" };

test.each([
  [on, undefined, true],
  [off, undefined, false],
  [hybrid, undefined, false],
  [{ value: "true", variant: "true" }, undefined, false],
  [off, "off", true],
  [on, "off", false],
  [hybrid, ["bm25", "hybrid"], true],
  [hybrid, ["bm25"], false],
  [hybrid, [], false],
  [{ value: 1, variant: "o" }, "on", false],
  [{ value: true }, undefined, true],
  [{ value: true }, "on", false],
  [{ value: true }, ["on"], false],
])("%j opens a gate for %j: %j", (details, is, open) => {
  expect(opensGate(details, is)).toBe(open);
});
