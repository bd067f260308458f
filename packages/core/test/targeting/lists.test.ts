import type { JsonValue } from "@burgee/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases, run } from "./run.js";

const item = { var: "" };
const roles = { var: "roles" };
const absent = { var: "absent" };
const sum = { "+": [{ var: "accumulator" }, { var: "current" }] };

describe("the operators of lists", () =>
  cases([
    [{ map: [roles, { cat: [item, "!"] }] }, ["admin!", "editor!"]],
    [{ map: [[1, 2], { "*": [item, 2] }] }, [2, 4]],
    [{ map: [roles, "x"] }, ["x", "x"]],
    [{ filter: [[1, 0, 2], item] }, [1, 2]],
    [{ all: [[1, 2], { ">": [item, 0] }] }, true],
    [{ all: [[1, 2], { ">": [item, 1] }] }, false],
    [{ all: [[], true] }, false],
    [{ some: [roles, { "==": [item, "admin"] }] }, true],
    [{ some: [[], true] }, false],
    [{ none: [roles, { "==": [item, "owner"] }] }, true],
    [{ none: [[], true] }, true],
    [{ reduce: [[1, 2, 3], sum, 10] }, 16],
    [{ reduce: [[1, 2, 3], sum] }, 6],
    [{ reduce: [[], sum, 10] }, 10],
    [{ merge: [1, [2, [3]], roles] }, [1, 2, [3], "admin", "editor"]],
    [{ merge: roles }, ["admin", "editor"]],
  ]));

describe("no list is an empty one", () =>
  cases([
    [{ map: [absent, item] }, []],
    [{ filter: [absent, item] }, []],
    [{ some: [absent, true] }, false],
    [{ none: [absent, true] }, true],
    [{ all: [absent, true] }, false],
    [{ reduce: [absent, sum, 7] }, 7],
  ]));

test.each(["map", "filter", "some", "none", "all", "reduce"])(
  "%s throws on what is no list",
  (name) => {
    for (const list of ["text", 7, { a: 1 }, true]) {
      expect(() => run({ [name]: [{ var: "list" }, item, 0] }, { list })).toThrow(TypeError);
    }
  },
);

test("a reduction of nothing, to nothing, throws", () => {
  expect(() => run({ reduce: [[], sum] })).toThrow(TypeError);
});

test("a reduction cannot carry a list of lists", () => {
  const nest = { reduce: [[1, 2, 3], { merge: [[[{ var: "current" }]]] }, 0] };
  expect(() => run(nest)).toThrow(/in each other/);
});

test("an inner list's item is seen inside of it, and the outer one's again after it", () => {
  const inner = { some: [{ var: "tags" }, { "==": [item, "new"] }] };
  const rule = { filter: [{ var: "lines" }, { and: [inner, { ">": [{ var: "price" }, 5] }] }] };
  const lines = [
    { tags: ["new"], price: 9 },
    { tags: ["old"], price: 9 },
    { tags: ["new"], price: 1 },
  ];
  expect(run(rule, { lines }).value).toEqual([lines[0]]);
});

test("starts_with, sem_ver and fractional work on items, too", () => {
  const rule = { filter: [{ var: "list" }, { starts_with: [item, "a"] }] };
  expect(run(rule, { list: ["ab", "ba"] }).value).toEqual(["ab"]);
  const newer = { filter: [{ var: "list" }, { sem_ver: [item, ">=", "2"] }] };
  expect(run(newer, { list: ["1.9", "2.0"] }).value).toEqual(["2.0"]);
  const split = { map: [{ var: "list" }, { fractional: [item, ["on"]] }] };
  expect(run(split, { list: ["jon"] }).value).toEqual(["on"]);
});

const six = [0, 0, 0, 0, 0, 0].map(() => [...Array(20).keys()]);
const nested = six.reduce<JsonValue>(
  (inside, list) => ({ reduce: [list, { "+": [inside, 1] }, 0] }),
  1,
);

test.each<[string, JsonValue]>([
  ["nested reduces", nested],
  ["nested maps", six.reduce<JsonValue>((inside, list) => ({ map: [list, inside] }), 1)],
  [
    "a list that doubles",
    {
      reduce: [
        [...Array(40).keys()],
        { merge: [{ var: "accumulator" }, { var: "accumulator" }] },
        [1],
      ],
    },
  ],
  [
    "a text that doubles",
    {
      reduce: [
        [...Array(60).keys()],
        { cat: [{ var: "accumulator" }, { var: "accumulator" }] },
        "x",
      ],
    },
  ],
  [
    "a long list that is looked through for each item",
    { map: [{ var: "long" }, { in: [item, { merge: [[1]] }] }] },
  ],
])("%s stop at the step limit", (_, rule) => {
  const long = Array.from({ length: 200_000 }, (_, index) => index);
  expect(() => run(rule, { long })).toThrow(/takes more than 100000 steps|makes a text of over/);
});

test.each<[string, (text: string) => JsonValue]>([
  [
    "that is carried from item to item",
    (text) => ({ reduce: [{ var: "items" }, { var: "accumulator" }, text] }),
  ],
  ["that is written", (text) => ({ map: [{ var: "items" }, { "<": [text, item] }] })],
  [
    "that is written in a list",
    (text) => ({ map: [{ var: "items" }, { in: [item, [text, { var: "" }]] }] }),
  ],
])("a text %s takes steps by its length", (_, rule) => {
  const items = Array.from({ length: 1000 }, (_one, index) => index);
  expect(() => run(rule("1".repeat(100)), { items })).not.toThrow();
  expect(() => run(rule("1".repeat(100_000)), { items })).toThrow(/takes more than 100000 steps/);
});

test("a list of 20,000 items is not too long to be added up", () => {
  const long = Array.from({ length: 20_000 }, () => 1);
  expect(run({ reduce: [{ var: "long" }, sum, 0] }, { long }).value).toBe(20_000);
});

describe("in finds an item in a list or a part in a text", () =>
  cases([
    [{ in: ["admin", { var: "roles" }] }, true],
    [{ in: ["owner", { var: "roles" }] }, false],
    [{ in: [{ var: "plan" }, ["free", "pro"]] }, true],
    [{ in: ["7", [7]] }, false],
    [{ in: ["@example.com", "jon@example.com"] }, true],
    [{ in: [2, "123"] }, true],
    [{ in: ["x", ""] }, false],
    [{ in: ["admin", { var: "absent" }] }, false],
    [{ in: ["admin"] }, false],
    [{ in: ["toString", []] }, false],
  ]));

describe("nothing is in false or 0, as json-logic-engine has it", () =>
  cases([
    [{ in: ["admin", false] }, false],
    [{ in: ["admin", { var: "zero" }] }, false],
  ]));

test("an attribute in a list that is written, which is compiled as one, is sought like any item", () => {
  const list: JsonValue[] = ["pro", 7, "7", null, true, 0];
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...list), fc.jsonValue() as fc.Arbitrary<JsonValue>),
      (plan) => {
        const apart = { in: [{ if: [true, { var: "plan" }] }, list] };
        expect(run({ in: [{ var: "plan" }, list] }, { plan })).toEqual(run(apart, { plan }));
      },
    ),
  );
});

test.each([7, { a: 1 }, true])("in throws on %j, which is neither list nor text", (list) => {
  expect(() => run({ in: ["a", { var: "list" }] }, { list })).toThrow(TypeError);
});
