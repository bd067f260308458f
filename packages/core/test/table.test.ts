import fc from "fast-check";
import { expect, test } from "vitest";
import { createTable } from "../src/table.js";

const key = fc.constantFrom("a", "b", "c", "__proto__", "constructor");
const changes = fc
  .array(fc.tuple(key, fc.option(fc.nat(), { nil: undefined })))
  .map((entries) => new Map(entries));
const seed = {
  keys: () => ["a"],
  make: (key: string): number | undefined => (key === "a" ? 0 : undefined),
};
const step = fc.record({ on: fc.nat(), changes });

function changed(
  map: ReadonlyMap<string, number>,
  changes: ReadonlyMap<string, number | undefined>,
) {
  const copy = new Map(map);
  for (const [key, value] of changes) {
    if (value === undefined) copy.delete(key);
    else copy.set(key, value);
  }
  return copy;
}

test("every version is what a copied map would be, whichever one is changed and in whatever order", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const versions = [{ table: createTable(seed), map: new Map([["a", 0]]) }];
      for (const { on, changes } of steps) {
        const { table, map } = versions[on % versions.length] as (typeof versions)[number];
        versions.push({ table: table.with(changes), map: changed(map, changes) });
      }
      for (const { table, map } of versions) {
        expect(new Map(table.entries())).toEqual(map);
        for (const key of ["a", "b", "c", "__proto__", "constructor", "toString"]) {
          expect(table.get(key)).toBe(map.get(key));
        }
      }
    }),
  );
});

test("an old version can be read after very many changes", () => {
  const first = createTable(seed);
  let newest = first;
  for (let count = 1; count <= 100_000; count++) newest = newest.with(new Map([["a", count]]));
  expect(first.get("a")).toBe(0);
  expect(first.get("b")).toBeUndefined();
  expect([...first.entries()]).toEqual([["a", 0]]);
  expect(newest.get("a")).toBe(100_000);
});
