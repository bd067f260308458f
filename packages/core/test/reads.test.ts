import { expect, test } from "vitest";
import { type Read, Reads } from "../src/reads.js";

function readOf(flag: string): Read {
  return { flag } as Read;
}

test.each([1, 8, 9, 40])("each of %i reads is found by its flag, and no other", (count) => {
  const reads = new Reads();
  expect(reads.isEmpty).toBe(true);
  const all = Array.from({ length: count }, (_, index) => readOf(`flag-${index}`));
  for (const read of all) {
    expect(reads.get(read.flag)).toBeUndefined();
    reads.add(read);
  }
  expect(all.map(({ flag }) => reads.get(flag))).toEqual(all);
  expect([reads.isEmpty, reads.get("flag-40")]).toEqual([false, undefined]);
});
