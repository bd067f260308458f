import type { FlagChange } from "@burgee/core";
import { expect, test } from "vitest";
import { applyChange, checkExpected, deltaOf, readChange } from "../src/change.js";
import { flagSetWith } from "./flag-set-with.js";

const change = { expected: "1", actor: "ada", reason: "a test", kind: "manual" } as const;

test("puts in and removes flags and shared rules, and leaves the others", () => {
  const before = {
    ...flagSetWith("off"),
    $evaluators: { isStaff: { var: "staff" } },
    metadata: { version: "1" },
  };
  const added = { state: "DISABLED", variants: { on: true } } as const;
  const after = applyChange(before, {
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
  const after = applyChange(before, { ...change, metadata: { version: "2" } });
  expect(after.metadata).toEqual({ version: "2" });
});

test("a flag called __proto__ is a flag like any other", () => {
  const flags = JSON.parse('{"__proto__":{"state":"DISABLED","variants":{"on":true}}}');
  const read = readChange({ ...change, flags: { put: flags } });
  const after = applyChange(flagSetWith("off"), read);
  expect(Object.keys(after.flags)).toEqual(["new-checkout", "__proto__"]);
});

test("names both revisions where they differ, and carries the one held", () => {
  expect(() => checkExpected(change, "2")).toThrow(
    expect.objectContaining({
      code: "REVISION_CONFLICT",
      revision: "2",
      message: expect.stringContaining("holds revision 2, and the change expects revision 1."),
    }),
  );
  expect(() => checkExpected(change, "")).toThrow(/holds no revision, and .* expects revision 1\./);
  expect(() => checkExpected({ ...change, expected: "" }, "")).not.toThrow();
});

test("a change says what it has changed of the revision that it expected", () => {
  const edits = { flags: { remove: ["new-checkout"] }, metadata: { version: "2" } };
  expect(deltaOf({ ...change, ...edits })).toEqual({ from: "1", ...edits });
});

test("every fault of a change is named", () => {
  const faulty = { expected: 1, kind: "oops", flags: { put: [], remove: [7] }, origin: "x" };
  expect(() => readChange(faulty as unknown as FlagChange)).toThrow(
    /^The change cannot be made: expected must .*; actor .*; reason .*; kind .*; origin .*; flags\.put .*; flags\.remove .*\[INVALID_CHANGE\]/,
  );
});

test.each([null, undefined, "all", 7, []])("%o is no change", (given) => {
  expect(() => readChange(given as unknown as FlagChange)).toThrow("INVALID_CHANGE");
});

test("a change that cannot be served names its place", () => {
  const put = { beta: { state: "ENABLED", variants: {} } } as const;
  expect(() => readChange({ ...change, flags: { put } })).toThrow(
    /\/flags\/beta\/variants must have at least one variant.*INVALID_FLAG_SET/,
  );
});

test("what the read change holds is the reader's own", () => {
  const metadata: Record<string, string> = { version: "1" };
  const read = readChange({ ...change, metadata });
  metadata["version"] = "2";
  expect(read.metadata).toEqual({ version: "1" });
});
