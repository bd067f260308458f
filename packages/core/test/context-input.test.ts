import { runInNewContext } from "node:vm";
import type { ContextInput, FlagScope } from "@burgee/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flagSet, openShop } from "./shop.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const pro = { plan: "pro" };

/** The codes of the problems told, and whether the scope has the pro's new checkout. */
async function read(shop: ReturnType<typeof openShop>, context: unknown) {
  const scope = await shop.flags.open(context as ContextInput);
  return [scope.get("new-checkout"), shop.problems.map(({ code }) => code)];
}

test("a context known now opens a scope at once", () => {
  const { flags } = openShop(flagSet);
  expect(scopeOf(flags.open(pro)).get("new-checkout")).toBe(true);
});

test("a function opens a scope at once, and runs at the first read only, once", () => {
  const { flags } = openShop(flagSet);
  const context = vi.fn(() => pro);
  const scope = scopeOf(flags.open(context));
  expect(context).not.toHaveBeenCalled();
  expect([scope.get("new-checkout"), scope.get("page-size")]).toEqual([true, 10]);
  expect(context).toHaveBeenCalledTimes(1);
});

test("a function is not run where nothing is read, or where nothing needs it", () => {
  const { flags } = openShop(flagSet);
  const context = vi.fn(() => pro);
  scopeOf(flags.open(context)).settle();
  const identified = scopeOf(flags.open(context));
  identified.identify({});
  identified.get("new-checkout");
  expect(context).not.toHaveBeenCalled();
});

test("a function is given the input", async () => {
  const { flags } = openShop(flagSet);
  const request = { user: { plan: "pro" } };
  const sync = (input: typeof request) => input.user;
  const late = async (input: typeof request) => input.user;
  expect(scopeOf(flags.open(sync, { input: request })).get("new-checkout")).toBe(true);
  expect((await flags.open(late, { input: request })).get("new-checkout")).toBe(true);
});

test("an async function is awaited", async () => {
  const { flags, problems } = openShop(flagSet);
  const opening = flags.open(async () => pro);
  expect(opening).toBeInstanceOf(Promise);
  expect((await opening).get("new-checkout")).toBe(true);
  expect(problems).toEqual([]);
});

test("an async function has 250 ms; past them the scope is anonymous", async () => {
  const shop = openShop(flagSet);
  let opened = false;
  const reading = read(shop, async () => new Promise(() => {})).finally(() => {
    opened = true;
  });
  await vi.advanceTimersByTimeAsync(249);
  expect(opened).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await reading).toEqual([false, ["CONTEXT_TIMEOUT"]]);
});

test("a function that rejects after its deadline leaves no rejection unhandled", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { flags } = openShop(flagSet);
  let reject = (_: Error): void => {};
  const context = () => new Promise<typeof pro>((_, no) => (reject = no));
  const opening = flags.open(async () => context());
  await vi.advanceTimersByTimeAsync(250);
  (await opening).get("new-checkout");
  reject(new Error("late"));
  scopeOf(flags.open(context)).get("new-checkout");
  reject(new Error("never awaited"));
  await new Promise(setImmediate);
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

const thrown = new Error("no session");

test.each<[string, unknown]>([
  ["a context that is null", null],
  ["a context that is a list", ["user-1"]],
  ["a context that is a text", "user-1"],
  ["a function that gives null", () => null],
  ["a function that gives a list", () => ["user-1"]],
  ["a function that gives a text", () => "user-1"],
  [
    "a function that throws",
    () => {
      throw thrown;
    },
  ],
  ["an async function that gives null", async () => null],
  ["an async function that gives a text", async () => "user-1"],
  ["an async function that rejects", () => Promise.reject(thrown)],
  ["an async function that throws", async () => Promise.reject(thrown)],
])("%s makes every scope anonymous, and is one problem a revision", async (_, context) => {
  const shop = openShop(flagSet);
  for (let time = 0; time < 3; time++) await read(shop, context);
  expect(await read(shop, context)).toEqual([false, expect.anything()]);
  expect(shop.problems.filter(({ code }) => code === "INVALID_CONTEXT")).toHaveLength(1);
  shop.source.next(flagSet);
  await read(shop, context);
  expect(shop.problems.filter(({ code }) => code === "INVALID_CONTEXT")).toHaveLength(2);
});

test("the problem of a function that throws says why", async () => {
  const shop = openShop(flagSet);
  await read(shop, async () => Promise.reject(thrown));
  expect(shop.problems).toMatchObject([{ code: "INVALID_CONTEXT", cause: thrown }]);
  expect(shop.problems[0]?.message).toContain("no session");
});

test.each([
  ["a promise", Promise.resolve(pro)],
  ["a promise of another realm", runInNewContext("Promise.resolve(pro)", { pro })],
])(
  "a plain function that gives %s is anonymous once, and awaited from then on",
  async (_, given) => {
    const shop = openShop(flagSet);
    const context = () => given;
    const first = scopeOf(shop.flags.open(context));
    expect(first.get("new-checkout")).toBe(false);
    expect(shop.problems.map(({ code }) => code)).toEqual(["CONTEXT_NOT_ASYNC"]);
    expect(shop.flags.open(context)).toBeInstanceOf(Promise);
    expect(await read(shop, context)).toEqual([true, ["CONTEXT_NOT_ASYNC"]]);
  },
);

/** The scope itself: what was opened is no promise. */
function scopeOf<Scope extends Pick<FlagScope, "settle">>(opened: Scope | Promise<Scope>): Scope {
  if (opened instanceof Promise) throw new TypeError("the scope was not opened at once");
  return opened;
}
