import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { within } from "../src/deadline.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<string>(() => {});

test("gives what the promise gives in time, and leaves no timer behind", async () => {
  expect(await within(100, Promise.resolve("value"), "late")).toBe("value");
  expect(vi.getTimerCount()).toBe(0);
});

test("gives what stands for late once the time is up, not before", async () => {
  let given: string | undefined;
  const waiting = within(100, never, "late").then((value) => {
    given = value;
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(given).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect(given).toBe("late");
});

test("rejects as the promise does, and leaves no timer behind", async () => {
  await expect(within(100, Promise.reject(new Error("no")), "late")).rejects.toThrow("no");
  expect(vi.getTimerCount()).toBe(0);
});

test("an endless time is never up", async () => {
  let given: string | undefined;
  void within(Number.POSITIVE_INFINITY, never, "late").then((value) => {
    given = value;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(given).toBeUndefined();
});
