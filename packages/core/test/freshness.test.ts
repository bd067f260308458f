import { createFlags, type FlagScope, type FlagsOptions } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { definitions, flagSet, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const off = shopWith({ "new-checkout": ruled("off") });
const pro = { plan: "pro" };

/** The shop's flags on a source that is asked, and its answers in the hand of the test. */
function openFrozenShop(options: Partial<FlagsOptions> = { refresh: { maxAge: "10s" } }) {
  const source = sourceOf(flagSet);
  const answer = { now: (): Promise<void> | void => source.current() };
  const refresh = vi.fn(async () => answer.now());
  const flags = createFlags(definitions, {
    source: Object.assign(source, { refresh }),
    ...options,
  });
  const problems: string[] = [];
  flags.observe({ problem: ({ code }) => void problems.push(code) });
  flags.scope({});
  return { flags, source, refresh, answer, problems };
}

const later = (time: number) => vi.advanceTimersByTimeAsync(time);
const never = () => new Promise<void>(() => {});

test("a scope is opened at once on what was verified within maxAge", async () => {
  const { flags, refresh } = openFrozenShop();
  await later(10_000);
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
  expect(refresh).not.toHaveBeenCalled();
});

test("on what was verified longer ago, it is opened once the source was asked", async () => {
  const { flags, source, answer, refresh } = openFrozenShop();
  await later(10_001);
  answer.now = () => source.next(off);
  expect((await flags.open(pro)).get("new-checkout")).toBe(false);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
});

test("the word that what is held is the newest is enough", async () => {
  const { flags } = openFrozenShop();
  await later(60_000);
  expect((await flags.open(pro)).get("new-checkout")).toBe(true);
  expect(flags.health.age).toBe(0);
});

test("without the option nothing is asked, however old it is", async () => {
  const { flags, refresh } = openFrozenShop({});
  await later(86_400_000);
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
  expect(refresh).not.toHaveBeenCalled();
});

test("a source that cannot be asked is not waited for", async () => {
  const source = sourceOf(flagSet);
  const flags = createFlags(definitions, { source, refresh: { maxAge: 0 } });
  flags.scope({});
  await later(60_000);
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
});

test("scope does not wait, whatever the age", async () => {
  const { flags, refresh } = openFrozenShop();
  await later(60_000);
  expect(flags.scope(pro).get("new-checkout")).toBe(true);
  expect(refresh).not.toHaveBeenCalled();
});

test("all who wait are answered by one question", async () => {
  const { flags, source, answer, refresh } = openFrozenShop();
  await later(60_000);
  answer.now = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    source.next(off);
  };
  const opened = Promise.all([1, 2, 3].map(() => flags.open(pro)));
  await later(100);
  expect((await opened).map((scope) => scope.get("new-checkout"))).toEqual([false, false, false]);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test("nobody waits longer than 250 ms: then what is held serves, and a problem says so", async () => {
  const { flags, source, answer, problems } = openFrozenShop();
  await later(60_000);
  answer.now = never;
  let scope: FlagScope<typeof definitions> | undefined;
  void Promise.resolve(flags.open(pro)).then((opened) => {
    scope = opened;
  });
  await later(249);
  expect(scope).toBeUndefined();
  await later(1);
  expect(scope?.get("new-checkout")).toBe(true);
  expect(problems).toEqual(["REFRESH_TIMEOUT"]);
  source.next(off);
  expect(flags.scope(pro).get("new-checkout")).toBe(false);
});

test("a source that does not answer is asked again after maxAge, and keeps nobody meanwhile", async () => {
  const { flags, answer, refresh } = openFrozenShop();
  await later(60_000);
  answer.now = never;
  void flags.open(pro);
  await later(9999);
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
  await later(1);
  expect(flags.open(pro)).toBeInstanceOf(Promise);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test("or after a second, if maxAge is less", async () => {
  const { flags, answer, refresh } = openFrozenShop({ refresh: { maxAge: 0 } });
  await later(1);
  answer.now = never;
  void flags.open(pro);
  await later(999);
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
  await later(1);
  expect(flags.open(pro)).toBeInstanceOf(Promise);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test("one that answers is asked for each scope, if maxAge is nothing", async () => {
  const { flags, refresh } = openFrozenShop({ refresh: { maxAge: 0 } });
  for (const times of [1, 2, 3]) {
    await later(1);
    await flags.open(pro);
    expect(refresh).toHaveBeenCalledTimes(times);
  }
});

test.each<[string, () => Promise<void>]>([
  ["rejects", () => Promise.reject(new Error("no such host"))],
  [
    "throws",
    () => {
      throw new Error("no such host");
    },
  ],
])("a source that %s when it is asked is a problem, and what is held serves", async (_, fail) => {
  const { flags, refresh, problems } = openFrozenShop();
  refresh.mockImplementation(fail);
  await later(60_000);
  expect((await flags.open(pro)).get("new-checkout")).toBe(true);
  expect(problems).toEqual(["SOURCE_UNAVAILABLE"]);
});

test("before the first revision the source is asked, too", async () => {
  const source = sourceOf();
  const refresh = async () => source.next(flagSet);
  const flags = createFlags(definitions, {
    source: Object.assign(source, { refresh }),
    refresh: { maxAge: "10s" },
  });
  expect((await flags.open(pro)).get("new-checkout")).toBe(true);
});

test("an async context is loaded while the source is asked: both deadlines are one", async () => {
  const { flags, answer } = openFrozenShop();
  await later(60_000);
  answer.now = never;
  const opened = vi.fn();
  void Promise.resolve(flags.open(async () => await never().then(() => pro))).then(opened);
  await later(250);
  expect(opened).toHaveBeenCalledTimes(1);
});

test("a job waits, too, and a context function runs after the question", async () => {
  const { flags, source, answer } = openFrozenShop();
  await later(60_000);
  answer.now = () => source.next(off);
  expect(
    await flags.run(
      () => pro,
      (scope) => scope.get("new-checkout"),
    ),
  ).toBe(false);
});

test("closed flags ask nothing any more", async () => {
  const { flags, refresh } = openFrozenShop();
  await later(60_000);
  flags.close();
  expect(flags.open(pro)).not.toBeInstanceOf(Promise);
  expect(refresh).not.toHaveBeenCalled();
});

test.each(["soon", -1, Number.NaN, "1x"])("a maxAge of %o is refused", (maxAge) => {
  expect(() => openFrozenShop({ refresh: { maxAge } as { maxAge: number } })).toThrow(
    /refresh\.maxAge.*INVALID_OPTIONS/,
  );
});
