import { type BurgeeError, createFlags, type Duration } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { definitions, flagSet, openShop } from "./shop.js";
import { sourceOf } from "./source-of.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("watched work that hangs settles as a timeout, once", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.get("new-checkout");
  scope.watch();
  vi.advanceTimersByTime(29_999);
  expect(settlements).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(settlements).toMatchObject([
    {
      exposures: [{ flag: "new-checkout" }],
      outcome: { status: "error", errorType: "timeout", duration: 30_000 },
    },
  ]);
  scope.settle();
  expect(settlements).toHaveLength(1);
});

test("an error noted in work that hangs is its outcome", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.watch();
  scope.fail(new RangeError("an async handler's"));
  vi.advanceTimersByTime(30_000);
  expect(settlements).toMatchObject([{ outcome: { errorType: "RangeError" } }]);
});

test("work whose answer has begun may go on, and settles as a stream, without a duration", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.watch({ headersSent: true });
  vi.advanceTimersByTime(3_600_000);
  expect(settlements).toEqual([]);
  scope.settle({ aborted: true });
  expect(settlements[0]?.outcome).toEqual({ status: "aborted", streaming: true });
});

test("an answer that ends in time has a duration, though it streamed", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.watch({ headersSent: true });
  vi.advanceTimersByTime(29_000);
  scope.settle();
  expect(settlements[0]?.outcome).toEqual({ status: "ok", duration: 29_000 });
});

test("each is due at its own time, by one timer that keeps no process alive", () => {
  const { flags, settlements } = openShop(flagSet, { workTimeout: "1s" });
  const started = vi.spyOn(globalThis, "setTimeout");
  const scopes = Array.from({ length: 50 }, () => {
    vi.advanceTimersByTime(10);
    const scope = flags.scope({});
    scope.watch();
    return scope;
  });
  expect(started).toHaveBeenCalledTimes(1);
  expect(started.mock.results[0]?.value.hasRef()).toBe(false);
  started.mockRestore();
  vi.advanceTimersByTime(510);
  expect(settlements).toHaveLength(1);
  scopes[1]?.settle();
  vi.advanceTimersByTime(20);
  expect(settlements.map(({ scope }) => scopes.indexOf(scope as never))).toEqual([0, 1, 2]);
  vi.advanceTimersByTime(1000);
  expect(settlements).toHaveLength(50);
  expect(vi.getTimerCount()).toBe(0);
});

test("work that has ended is watched no more, and keeps no timer for long", () => {
  const { flags } = openShop(flagSet);
  const scope = flags.scope({});
  scope.watch();
  scope.watch();
  scope.settle();
  scope.watch();
  vi.advanceTimersByTime(15_000);
  const later = flags.scope({});
  later.watch();
  later.settle();
  vi.advanceTimersByTime(15_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("what nobody watches may take as long as it likes", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  vi.advanceTimersByTime(3_600_000);
  scope.settle();
  expect(settlements[0]?.outcome.status).toBe("ok");
});

test.each(["soon", -1, Number.NaN, "99d"])("a time that is none is refused: %s", (workTimeout) => {
  const create = () =>
    createFlags(definitions, { source: sourceOf(), workTimeout: workTimeout as Duration });
  expect(create).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS" }) as unknown as BurgeeError,
  );
});
