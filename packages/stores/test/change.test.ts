import { expect, test } from "vitest";
import { applyChange } from "../src/change.js";
import { flagSetWith } from "./flag-set-with.js";

const change = { expected: "1", actor: "ada", reason: "a test", kind: "manual" } as const;

test("puts in and removes flags and shared rules, and leaves the others", () => {
  const before = {
    ...flagSetWith("off"),
    $evaluators: { isStaff: { var: "staff" } },
    metadata: { version: "1" },
  };
  const added = { state: "DISABLED", variants: { on: true } } as const;
  const after = applyChange(before, "1", {
    ...change,
    flags: { put: { added }, remove: ["new-checkout"] },
    evaluators: { put: { isBeta: { var: "beta" } }, remove: ["isStaff"] },
  });
  expect(after).toEqual({
    flags: { added },
    $evaluators: { isBeta: { var: "beta" } },
    metadata: { version: "1" },
  });
  expect(before).toEqual({
    ...flagSetWith("off"),
    $evaluators: { isStaff: { var: "staff" } },
    metadata: { version: "1" },
  });
});

test("replaces the metadata where the change has any", () => {
  const before = { ...flagSetWith("off"), metadata: { version: "1" } };
  const after = applyChange(before, "1", { ...change, metadata: { version: "2" } });
  expect(after.metadata).toEqual({ version: "2" });
});

test("a flag called __proto__ is a flag like any other", () => {
  const flags = JSON.parse('{"__proto__":{"state":"DISABLED","variants":{"on":true}}}');
  const after = applyChange(flagSetWith("off"), "1", { ...change, flags: { put: flags } });
  expect(Object.keys(after.flags)).toEqual(["new-checkout", "__proto__"]);
});

test("names both revisions where they differ", () => {
  expect(() => applyChange(flagSetWith("off"), "2", change)).toThrow(
    /holds revision 2, and the change expects 1/,
  );
});
