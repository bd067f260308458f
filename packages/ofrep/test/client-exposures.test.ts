import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createExposures } from "../src/client/exposures.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Exposures, what they tell, and the flags that are on the screen. */
function open() {
  const shown: string[] = [];
  const told: (readonly string[])[] = [];
  const exposures = createExposures(
    () => shown,
    (keys) => told.push(keys),
  );
  return { ...exposures, shown, told };
}

test("flags that are shown within a second are told together, each once", () => {
  const { add, told } = open();
  add(["a"]);
  vi.advanceTimersByTime(900);
  add(["b", "a"]);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([["a", "b"]]);
  add(["a", "c"]);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([["a", "b"], ["c"]]);
});

test("more than 100 flags are told in reports of 100", () => {
  const { add, told } = open();
  const keys = Array.from({ length: 250 }, (_, index) => `flag-${index}`);
  add(keys);
  vi.advanceTimersByTime(1000);
  expect(told.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(told.flat()).toEqual(keys);
  add(["one-more"]);
  vi.advanceTimersByTime(1000);
  expect(told.at(-1)).toEqual(["one-more"]);
});

test("renewed, they tell again of what is still on the screen, and of nothing that has left", () => {
  const { add, renew, shown, told } = open();
  add(["stays", "leaves"]);
  vi.advanceTimersByTime(1000);
  shown.push("stays");
  renew();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([["stays", "leaves"], ["stays"]]);
});

test("what waits when they are renewed is told before", () => {
  const { add, renew, told } = open();
  add(["a"]);
  renew();
  expect(told).toEqual([["a"]]);
});

test("with nothing to tell nothing is told, and no timer runs on", () => {
  const { add, flush, told } = open();
  add([]);
  vi.advanceTimersByTime(1000);
  flush();
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
