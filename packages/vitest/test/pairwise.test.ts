import fc from "fast-check";
import { expect, test } from "vitest";
import { type Combination, countProduct, pairwise, product } from "../src/pairwise.js";

const lists = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 0, maxLength: 9 })
  .map((counts) =>
    Object.fromEntries(
      counts.map((count, flag) => [`flag-${flag}`, [...Array(count).keys()].map(String)]),
    ),
  );

/** Every two variants of different flags, as texts. */
function pairsOf(combination: Combination): string[] {
  const entries = Object.entries(combination);
  return entries.flatMap(([one, variant], index) =>
    entries.slice(index + 1).map(([other, name]) => `${one}=${variant} ${other}=${name}`),
  );
}

test("every two variants of different flags meet, and every row has a variant of each flag", () => {
  fc.assert(
    fc.property(lists, (matrix) => {
      const rows = pairwise(matrix);
      const met = new Set(rows.flatMap(pairsOf));
      const flags = Object.entries(matrix);
      for (const [index, [one, variants]] of flags.entries()) {
        for (const [other, names] of flags.slice(index + 1)) {
          const pairs = variants.flatMap((variant) =>
            names.map((name) => `${one}=${variant} ${other}=${name}`),
          );
          expect(pairs.filter((pair) => !met.has(pair))).toEqual([]);
        }
      }
      for (const row of rows) {
        expect(Object.keys(row)).toEqual(Object.keys(matrix));
        for (const [flag, variants] of flags) expect(variants).toContain(row[flag]);
      }
    }),
  );
});

test("it takes few: no more than all, and of many flags far fewer", () => {
  fc.assert(
    fc.property(lists, (matrix) => {
      expect(pairwise(matrix).length).toBeLessThanOrEqual(countProduct(matrix));
    }),
  );
  const onOff = (count: number) =>
    Object.fromEntries([...Array(count).keys()].map((flag) => [`flag-${flag}`, ["on", "off"]]));
  expect(pairwise(onOff(3))).toHaveLength(4);
  expect(pairwise(onOff(10)).length).toBeLessThanOrEqual(12);
  expect(pairwise(onOff(50)).length).toBeLessThanOrEqual(20);
});

test("of one flag, and of two, it is every combination", () => {
  expect(pairwise({ a: ["1", "2"] })).toEqual([{ a: "1" }, { a: "2" }]);
  expect(pairwise({ a: ["1", "2"], b: ["3"] })).toEqual(product({ a: ["1", "2"], b: ["3"] }));
});

test("the same lists always give the same combinations", () => {
  fc.assert(
    fc.property(lists, (matrix) => {
      expect(pairwise(matrix)).toEqual(pairwise(structuredClone(matrix)));
    }),
  );
});
