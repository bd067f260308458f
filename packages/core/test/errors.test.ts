import { BurgeeError, type ErrorCode, errorTable } from "@burgee/core";
import { expect, test, vi } from "vitest";
import { textOf } from "../src/errors.js";

const rows = Object.entries(errorTable) as [ErrorCode, string][];

test.each(rows)("%s has a remedy of whole sentences", (_, remedy) => {
  expect(remedy).toMatch(/^[A-Z].*\.$/);
});

test.each(rows)("an error of %s says what happened, its code and what to do", (code, remedy) => {
  const error = new BurgeeError(code, "Something happened.");
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "BurgeeError", code, remedy });
  expect(error.message).toBe(`Something happened. [${code}] ${remedy}`);
});

test("an error names the flag it is about and what caused it", () => {
  const cause = new Error("cause");
  const error = new BurgeeError("PARSE_ERROR", "It broke.", { flag: "new-checkout", cause });
  expect(error).toMatchObject({ flag: "new-checkout", cause });
});

test("an error is known by the class of another copy of the package, and no other object is", async () => {
  vi.resetModules();
  const { BurgeeError: Another } = await import("../src/errors.js");
  expect(Another).not.toBe(BurgeeError);
  expect(new BurgeeError("NO_SCOPE", "No scope.")).toBeInstanceOf(Another);
  for (const other of [new Error(), {}, null, undefined, "text"]) {
    expect(other instanceof Another).toBe(false);
  }
});

test("an error names the revision it is about", () => {
  const error = new BurgeeError("REVISION_CONFLICT", "Another is held.", { revision: "2" });
  expect(error.revision).toBe("2");
});

test("an error has neither a flag, a revision nor a cause unless one is given", () => {
  const error = new BurgeeError("NO_SCOPE", "No scope.");
  expect([error.flag, error.revision, "cause" in error]).toEqual([undefined, undefined, false]);
});

test.each([
  ["an error's message", new TypeError("no such thing"), "no such thing"],
  ["a text itself", "oops", "oops"],
  ["nothing", undefined, "undefined"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["what has no text", Object.create(null), "a value of type object"],
  [
    "an error that cannot be read",
    Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("hostile");
      },
    }),
    "a value of type object",
  ],
])("what was thrown is told as a text: %s", (_, thrown, text) => {
  expect(textOf(thrown)).toBe(text);
});
