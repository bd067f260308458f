import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAlarm } from "../src/alarm.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function alarmClock(now = Date.now) {
  const rung: number[] = [];
  return { alarm: createAlarm(now, () => rung.push(Date.now())), rung };
}

test("rings at the moment it was set to, once", () => {
  const { alarm, rung } = alarmClock();
  alarm.set(1000);
  vi.advanceTimersByTime(999);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(rung).toEqual([1000]);
});

test("rings at the moment it was set to last", () => {
  const { alarm, rung } = alarmClock();
  alarm.set(1000);
  alarm.set(3000);
  vi.advanceTimersByTime(10_000);
  expect(rung).toEqual([3000]);
});

test("does not ring once it is set to none, or stopped", () => {
  const { alarm, rung } = alarmClock();
  alarm.set(1000);
  alarm.set(undefined);
  alarm.stop();
  alarm.set(1000);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(rung).toEqual([]);
});

test("a moment that has gone by rings soon", () => {
  const { alarm, rung } = alarmClock();
  vi.setSystemTime(5000);
  alarm.set(1000);
  vi.advanceTimersByTime(1);
  expect(rung).toHaveLength(1);
});

test("a moment further off than a timer can wait rings then, not at once", () => {
  const { alarm, rung } = alarmClock();
  const year = 365 * 86_400_000;
  alarm.set(year);
  vi.advanceTimersByTime(year - 1);
  expect(rung).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(rung).toEqual([year]);
});

test("a timer that is early by the alarm's own clock is set again", () => {
  let behind = 5;
  const { alarm, rung } = alarmClock(() => Date.now() - behind);
  alarm.set(1000);
  vi.advanceTimersByTime(1004);
  expect(rung).toEqual([]);
  behind = 0;
  vi.advanceTimersByTime(10);
  expect(rung).toHaveLength(1);
});

test("keeps no process alive", () => {
  vi.useRealTimers();
  const timeout = vi.spyOn(globalThis, "setTimeout");
  const { alarm } = alarmClock();
  alarm.set(Date.now() + 60_000);
  const timers = timeout.mock.results.map(({ value }) => value as NodeJS.Timeout);
  expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
  alarm.stop();
});
