import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPause } from "../../src/file/pause.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("work is done once, after the while, and then whoever waits goes on", async () => {
  const work = vi.fn(async () => {});
  const pause = createPause(100, work);
  expect(pause.over).toBeUndefined();
  pause.begin();
  const over = vi.fn();
  pause.over?.then(over);
  await vi.advanceTimersByTimeAsync(99);
  expect([work.mock.calls.length, over.mock.calls.length]).toEqual([0, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([work.mock.calls.length, over.mock.calls.length]).toEqual([1, 1]);
  expect(pause.over).toBeUndefined();
});

test("begun again, it waits anew", async () => {
  const work = vi.fn(async () => {});
  const pause = createPause(100, work);
  pause.begin();
  await vi.advanceTimersByTimeAsync(99);
  pause.begin();
  await vi.advanceTimersByTimeAsync(99);
  expect(work).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(1);
});

test("stopped, it drops the work, and nobody waits any more", async () => {
  const work = vi.fn(async () => {});
  const pause = createPause(100, work);
  pause.begin();
  const { over } = pause;
  pause.stop();
  await over;
  expect([vi.getTimerCount(), pause.over]).toEqual([0, undefined]);
  expect(work).not.toHaveBeenCalled();
});
