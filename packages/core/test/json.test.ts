import fc from "fast-check";
import { expect, test } from "vitest";
import { frozenCopy, isRecord, jsonType, ownValue, pointerToken, sameJson } from "../src/json.js";

test.each([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  ["text", false],
  [undefined, false],
])("%o as an object with keys: %s", (value, expected) => {
  expect(isRecord(value)).toBe(expected);
});

test.each([
  [null, "null"],
  [[], "array"],
  [{}, "object"],
  ["text", "string"],
  [0, "number"],
  [false, "boolean"],
])("the JSON type of %j is %s", (value, type) => {
  expect(jsonType(value)).toBe(type);
});

test.each(["constructor", "__proto__", "toString"])(
  "%s is found as an own property only",
  (key) => {
    expect(ownValue({}, key)).toBeUndefined();
    expect(ownValue(JSON.parse(`{"${key}":1}`), key)).toBe(1);
  },
);

test("a JSON value is the same as its copy, and as its copy with the keys reversed", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(sameJson(value, JSON.parse(JSON.stringify(value)))).toBe(true);
    }),
  );
  expect(sameJson({ a: 1, b: { c: [2] } }, { b: { c: [2] }, a: 1 })).toBe(true);
});

test.each([
  [[], {}],
  [null, {}],
  [0, "0"],
  [[1], [1, 2]],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ constructor: 1 }, { other: 1 }],
  [undefined, {}],
])("%o is not the same as %o, nor the other way round", (a, b) => {
  expect(sameJson(a, b)).toBe(false);
  expect(sameJson(b, a)).toBe(false);
});

test("a frozen copy is equal and frozen all the way down; its original is not", () => {
  const original = { list: [{ deep: true }] };
  const copy = frozenCopy(original);
  expect(copy).toEqual(original);
  expect([copy, copy.list, copy.list[0]].every(Object.isFrozen)).toBe(true);
  expect([original, original.list, original.list[0]].some(Object.isFrozen)).toBe(false);
});

test("a frozen copy keeps an own __proto__ as data", () => {
  const copy = frozenCopy(JSON.parse(`{"__proto__":{"polluted":true}}`));
  expect(Object.hasOwn(copy, "__proto__")).toBe(true);
  expect(copy.polluted).toBeUndefined();
});

test.each([
  ["plain", "/plain"],
  ["", "/"],
  ["a/b", "/a~1b"],
  ["m~n", "/m~0n"],
  ["~1", "/~01"],
  ["//~~", "/~1~1~0~0"],
  [0, "/0"],
])("the pointer token of %o is %s", (key, token) => {
  expect(pointerToken(key)).toBe(token);
});
