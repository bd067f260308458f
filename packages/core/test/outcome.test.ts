import { expect, test } from "vitest";
import { outcomeOf } from "../src/outcome.js";

class PaymentDeclined extends Error {}

function named(name: string): Error {
  return Object.assign(new Error("user-1 has no money"), { name });
}

test("work that just ends is ok", () => {
  expect(outcomeOf(undefined, {}, 12)).toEqual({ status: "ok", duration: 12 });
});

test("work whose caller went away is aborted", () => {
  expect(outcomeOf(undefined, { aborted: true }, 12)).toEqual({ status: "aborted", duration: 12 });
  const ending = { aborted: true, headersSent: true };
  expect(outcomeOf(undefined, ending, 12)).toEqual({
    status: "aborted",
    duration: 12,
    headersSent: true,
  });
});

test("work that an adapter calls failed is an error of the type it names", () => {
  const outcome = outcomeOf(undefined, { errorType: "503", aborted: true }, 12);
  expect(outcome).toEqual({ status: "error", duration: 12, errorType: "503" });
});

test("what was thrown counts before what the adapter says", () => {
  const error = new TypeError("no");
  const outcome = outcomeOf({ error }, { errorType: "503", aborted: true }, 12);
  expect(outcome).toEqual({ status: "error", duration: 12, errorType: "TypeError", error });
});

test.each([
  ["a built-in error is its name", new RangeError("user-1"), "RangeError"],
  ["an error of no class is Error", new Error("user-1"), "Error"],
  ["a subclass without a name is its class", new PaymentDeclined("user-1"), "PaymentDeclined"],
  ["a name that was set counts", named("AbortError"), "AbortError"],
  ["a name that reads like a message is _OTHER", named("user-1 has no money"), "_OTHER"],
  ["a name without end is _OTHER", named("E".repeat(65)), "_OTHER"],
  ["an empty name is _OTHER", named(""), "_OTHER"],
  ["a thrown text is _OTHER", "user-1 has no money", "_OTHER"],
  ["a thrown undefined is _OTHER", undefined, "_OTHER"],
  ["an object that only looks like an error is _OTHER", { name: "TypeError" }, "_OTHER"],
  [
    "an error that cannot be read is _OTHER",
    Object.defineProperty(new Error(), "name", {
      get() {
        throw new Error("hostile");
      },
    }),
    "_OTHER",
  ],
])("error type: %s", (_, error, errorType) => {
  expect(outcomeOf({ error }, {}, 0)).toMatchObject({ status: "error", errorType });
});
