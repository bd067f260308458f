import { expect, test } from "vitest";
import { LazyMap } from "../src/lazy-map.js";

function lettersOf(made: string[]) {
  return new LazyMap<string>({
    keys: () => ["a", "b", "c"],
    make(key) {
      if (!["a", "b", "c"].includes(key)) return undefined;
      made.push(key);
      return key.toUpperCase();
    },
  });
}

test("a value is made when it is first read, and once", () => {
  const made: string[] = [];
  const letters = lettersOf(made);
  expect(made).toEqual([]);
  expect([letters.get("b"), letters.get("b"), letters.get("d")]).toEqual(["B", "B", undefined]);
  expect(made).toEqual(["b"]);
});

test("a key of the seed that was deleted stays out, until it is set again", () => {
  const letters = lettersOf([]);
  letters.delete("a");
  expect(letters.get("a")).toBeUndefined();
  const copy = letters.copy();
  expect([...copy.entries()].map(([key]) => key)).toEqual(["b", "c"]);
  letters.set("a", "again");
  expect([letters.get("a"), copy.get("a")]).toEqual(["again", undefined]);
});

test("entries stand in the seed's order, whatever was read first, and others after them", () => {
  const letters = lettersOf([]);
  letters.set("z", "Z");
  letters.get("c");
  expect([...letters.entries()].map(([key]) => key)).toEqual(["a", "b", "c", "z"]);
  letters.delete("b");
  expect([...letters.entries()].map(([, value]) => value)).toEqual(["A", "C", "Z"]);
  expect(letters.get("b")).toBeUndefined();
});
