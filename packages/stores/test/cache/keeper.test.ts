import type { Revision } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createKeeper } from "../../src/cache/keeper.js";
import { flagSetWith } from "../flag-set-with.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const revision: Revision = { id: "1", flagSet: flagSetWith("on") };

/** A keeper, and what it has written: the ids, and when each was verified. */
function keep(fails = () => false) {
  const written: [id: string, verifiedAt: number][] = [];
  const failed: unknown[] = [];
  const file = {
    read: async () => undefined,
    async write({ id }: Revision, verifiedAt: number) {
      if (fails()) throw new Error("full");
      written.push([id, verifiedAt]);
    },
  };
  return { keeper: createKeeper(file, (error) => failed.push(error)), written, failed };
}

test("of many revisions the first is written at once, the last a second later", async () => {
  const { keeper, written } = keep();
  for (let id = 1; id <= 1000; id++) {
    keeper.keep({ ...revision, id: String(id) });
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(written).toEqual([["1", 1_000_000]]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(written).toEqual([
    ["1", 1_000_000],
    ["1000", 1_000_000],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test("that the revision is verified is written once a minute, or together with another", async () => {
  const { keeper, written } = keep();
  keeper.keep(revision);
  for (let second = 1; second <= 60; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    keeper.verified();
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(written).toEqual([
    ["1", 1_000_000],
    ["1", 1_059_000],
  ]);
  keeper.verified();
  keeper.keep({ ...revision, id: "2" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(written.slice(2)).toEqual([["2", 1_060_000]]);
});

test("what waits is written when it is flushed, and nothing twice", async () => {
  const { keeper, written } = keep();
  keeper.flush();
  keeper.keep(revision);
  keeper.verified();
  keeper.flush();
  keeper.flush();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(written).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("a failure is told once, until something is written", async () => {
  let full = true;
  const { keeper, written, failed } = keep(() => full);
  const again = async () => {
    keeper.keep(revision);
    await vi.advanceTimersByTimeAsync(1000);
  };
  await again();
  await again();
  expect(failed).toHaveLength(1);
  full = false;
  await again();
  full = true;
  await again();
  expect([written.length, failed.length]).toEqual([1, 2]);
});
