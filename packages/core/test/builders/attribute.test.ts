import { attr, type Condition } from "@burgee/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds } from "./decide.js";

const a = attr("a");

describe("a condition holds for what it says, and for nothing else", () => {
  test.each<[string, Condition, unknown[], unknown[]]>([
    ["is a text", a.is("pro"), ["pro"], ["Pro", "", 0, true, null, undefined, ["pro"]]],
    ["is a number", a.is(0), [0], ["0", "", false, null, undefined, 1]],
    ["is a boolean", a.is(false), [false], ["false", "", 0, null, undefined, true]],
    ["is not", a.isNot("pro"), ["basic", "", 5, null, undefined], ["pro"]],
    ["is one of", a.isOneOf(["NL", 7]), ["NL", 7], ["BE", "7", "N", null, undefined]],
    ["is one of none", a.isOneOf([]), [], ["NL", null, undefined]],
    ["exists", a.exists(), ["", 0, false, "pro", []], [null, undefined]],
    ["starts with", a.startsWith("ab"), ["ab", "abc"], ["cab", "AB", "a", 5, null, undefined]],
    ["ends with", a.endsWith("@x.nl"), ["me@x.nl"], ["me@x.nl ", "x.nl", 5, null, undefined]],
    [
      "contains",
      a.contains("ab"),
      ["ab", "cabd", ["x", "ab"]],
      ["", "ba", ["abc"], [], null, undefined],
    ],
    ["greater than", a.greaterThan(18), [18.5, 19, "19"], [18, 0, -1, null, undefined]],
    ["at least", a.atLeast(18), [18, 19, "18"], [17.5, 0, null, undefined]],
    ["less than", a.lessThan(18), [17, 0, -1, "17"], [18, 19, null, undefined]],
    ["at most", a.atMost(18), [18, 0, "18"], [18.5, null, undefined]],
    ["a version of", a.version("=", "1.2"), ["1.2.0", "v1.2"], ["1.2.1", "x", null, undefined]],
    ["a version from", a.version(">=", "2.1.0"), ["2.1.0", "10.0.0"], ["2.1.0-rc.1", "2.0.9"]],
    ["a version below", a.version("<", "2.1.0"), ["2.0.9", "2.1.0-rc.1"], ["2.1.0", undefined]],
    ["the same major", a.version("^", "2.1.0"), ["2.0.0", "2.9.0"], ["1.9.9", "3.0.0", undefined]],
    ["the same minor", a.version("~", "2.1.5"), ["2.1.0", "2.1.9"], ["2.2.0", undefined]],
  ])("%s", (_, condition, matching, others) => {
    for (const value of matching)
      expect([value, holds(condition, { a: value })]).toEqual([value, true]);
    for (const value of others)
      expect([value, holds(condition, { a: value })]).toEqual([value, false]);
  });
});

test("no bound lets a missing number meet it", () => {
  const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
  const bound = fc.oneof(
    fc.integer(),
    fc.double({ min: least, max: most, noNaN: true }),
    fc.constantFrom(0, -0, least, most),
  );
  fc.assert(
    fc.property(bound, (limit) => {
      const conditions = [a.greaterThan, a.atLeast, a.lessThan, a.atMost].map((ask) => ask(limit));
      for (const condition of conditions) {
        expect(holds(condition)).toBe(false);
        expect(holds(condition, { a: null })).toBe(false);
      }
    }),
  );
});

test("what is written is what a person would write", () => {
  expect(attr("plan").is("pro")).toEqual({ "===": [{ var: "plan" }, "pro"] });
  expect(attr("age").atLeast(18)).toEqual({ ">=": [{ var: "age" }, 18] });
  expect(attr("age").lessThan(18)).toEqual({ "<": [{ var: ["age", 18] }, 18] });
  expect(attr("email").endsWith("@x.nl")).toEqual({ ends_with: [{ var: "email" }, "@x.nl"] });
  expect(attr("roles").contains("admin")).toEqual({ in: ["admin", { var: "roles" }] });
  expect(attr("app").version("^", "2.1")).toEqual({ sem_ver: [{ var: "app" }, "^", "2.1"] });
});

test("a dot leads into an object", () => {
  const inGent = attr("address.city").is("Gent");
  expect(holds(inGent, { address: { city: "Gent" } })).toBe(true);
  expect(holds(inGent, { address: "Gent" })).toBe(false);
});

describe("a fault", () => {
  test.each<[string, () => unknown, string]>([
    ["an attribute without a name", () => attr(""), '""'],
    ["an attribute that is no text", () => attr(undefined as never), "undefined"],
    ["NaN", () => a.is(Number.NaN), "NaN"],
    ["an infinite bound", () => a.lessThan(Number.POSITIVE_INFINITY), 'attr("a")'],
    ["a number beyond 2^53", () => a.atMost(2 ** 53), "9007199254740992"],
    ["a list with what JSON cannot write", () => a.isOneOf([undefined as never]), "undefined"],
    ["an object", () => a.is({} as never), "[object Object]"],
    ["what is no version", () => a.version(">=", "2.0.0.0"), "2.0.0.0"],
  ])("is %s", (_, build, named) => {
    expect(build).toThrow(
      expect.objectContaining({ code: "INVALID_RULE", message: expect.stringContaining(named) }),
    );
  });
});
