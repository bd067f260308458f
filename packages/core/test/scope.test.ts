import { createHook } from "node:async_hooks";
import { createFlags, type FlagSet } from "@burgee/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { definitions, flagSet, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

const beta = "new-checkout";
/** A key that is not defined, as JavaScript may pass it. */
const unknown = "no-such-flag" as typeof beta;
const pro = { plan: "pro" };

function onOff(defaultVariant: "on" | "off"): FlagSet {
  return {
    flags: { [beta]: { state: "ENABLED", variants: { on: true, off: false }, defaultVariant } },
  };
}

test("before the first revision the default serves, with its variant's name", () => {
  const { flags, problems } = openShop();
  const scope = flags.scope(pro);
  expect(scope.get("page-size")).toBe(10);
  expect(scope.details("page-size")).toMatchObject({
    value: 10,
    variant: "small",
    reason: "ERROR",
    errorCode: "PROVIDER_NOT_READY",
  });
  expect(problems).toMatchObject([{ code: "PROVIDER_NOT_READY", flag: "page-size" }]);
});

test.each<[string, FlagSet["flags"], object]>([
  ["a flag that the set lacks", {}, { reason: "ERROR", errorCode: "FLAG_NOT_FOUND" }],
  [
    "a disabled flag",
    { [beta]: { state: "DISABLED", variants: { on: true } } },
    { reason: "DISABLED" },
  ],
  [
    "a flag without a default variant",
    { [beta]: { state: "ENABLED", variants: { on: true } } },
    { reason: "DEFAULT" },
  ],
  ["GENERAL", { [beta]: ruled("maybe") }, { reason: "ERROR", errorCode: "GENERAL" }],
  ["PARSE_ERROR", { [beta]: ruled({ nope: [] }) }, { reason: "ERROR", errorCode: "PARSE_ERROR" }],
  [
    "TYPE_MISMATCH",
    { [beta]: { state: "ENABLED", variants: { on: "yes" }, defaultVariant: "on" } },
    { reason: "ERROR", errorCode: "TYPE_MISMATCH" },
  ],
])("%s serves the default, with its variant's name and its own reason", (_, set, details) => {
  const { flags, exposures } = openShop({ flags: set, metadata: { version: 1 } });
  const { errorMessage: _message, ...given } = flags.scope(pro).details(beta);
  expect(given).toEqual({
    value: false,
    variant: "off",
    flagMetadata: { version: 1 },
    ...details,
  });
  expect(exposures).toMatchObject([{ flag: beta, variant: "off" }]);
});

test("an evaluation that failed is a problem of its flag, once a revision", () => {
  const { flags, source, problems } = openShop(shopWith({ [beta]: ruled("maybe") }));
  for (let time = 0; time < 3; time++) flags.scope({}).get(beta);
  expect(problems).toMatchObject([{ code: "GENERAL", flag: beta }]);
  expect(problems[0]?.message).toMatch(/"new-checkout".*none of its variants/);
  source.next(shopWith({ [beta]: ruled("maybe") }));
  flags.scope({}).get(beta);
  expect(problems).toHaveLength(2);
});

test("a flag that is not defined is undefined, closed, not exposed, and a problem", () => {
  const { flags, exposures, problems } = openShop(shopWith({ [unknown]: ruled("on") }));
  const scope = flags.scope(pro);
  expect(scope.get(unknown)).toBeUndefined();
  expect(scope.details(unknown)).toMatchObject({ reason: "ERROR", errorCode: "FLAG_NOT_FOUND" });
  expect(scope.gate(unknown)).toBe(false);
  expect(scope.gate(unknown, "on")).toBe(false);
  expect(scope.choose(unknown, { on: 1, off: 2 })).toBeUndefined();
  expect([exposures, scope.exposures]).toEqual([[], []]);
  expect(problems).toMatchObject([{ code: "FLAG_NOT_FOUND", flag: unknown }]);
});

test.each(["constructor", "__proto__", "toString"])(
  "%s is a flag only where it is defined",
  (key) => {
    const { flags } = openShop(flagSet);
    expect(flags.scope({}).get(key as typeof beta)).toBeUndefined();
    const own = createFlags(JSON.parse(`{"${key}":{"default":"on","variants":{"on":1}}}`), {
      source: sourceOf(JSON.parse(`{"flags":{"${key}":{"state":"DISABLED","variants":{}}}}`)),
    });
    own.observe({ problem: () => {} });
    expect(own.scope({}).details(key)).toMatchObject({ value: 1, reason: "DISABLED" });
  },
);

test("a context with a BigInt, or anything else that no JSON has, makes no read throw", () => {
  const { flags } = openShop(
    shopWith({ [beta]: ruled({ if: [{ "==": [{ var: "id" }, 7] }, "on"] }) }),
  );
  const context = { id: 7n, when: new Date(Number.NaN), map: new Map(), symbol: Symbol("s") };
  expect(flags.scope(context).get(beta)).toBe(true);
});

test("a flag of context none is decided without the context, whose function is not run", () => {
  const source = sourceOf(flagSet);
  const flags = createFlags(
    {
      [beta]: { ...definitions[beta], context: "none" },
      "page-size": definitions["page-size"],
    },
    { source },
  );
  const context = vi.fn(() => ({ plan: "pro", country: "NL" }));
  const scope = flags.open(context) as ReturnType<typeof flags.scope>;
  expect(scope.get(beta)).toBe(false);
  expect(context).not.toHaveBeenCalled();
  expect(scope.get("page-size")).toBe(50);
  expect(context).toHaveBeenCalledTimes(1);
});

test("two reads of one request cannot see two revisions, though the source moves on", () => {
  const { flags, source } = openShop(onOff("off"));
  const scope = flags.scope({});
  const other = flags.scope({});
  const details = scope.details(beta);
  source.next(onOff("on"));
  expect([scope.get(beta), scope.gate(beta), scope.details(beta)]).toEqual([false, false, details]);
  expect(other.get(beta)).toBe(false);
  expect(flags.scope({}).get(beta)).toBe(true);
});

test("a flag is evaluated once in a scope, however often it is read", () => {
  const { flags } = openShop(flagSet);
  const plan = vi.fn(() => "pro");
  const scope = flags.scope(Object.defineProperty({}, "plan", { get: plan }));
  expect([scope.get(beta), scope.gate(beta), scope.details(beta).value]).toEqual([
    true,
    true,
    true,
  ]);
  expect(plan).toHaveBeenCalledTimes(1);
});

test("a scope, its reads and its end wait for nothing: no promise, no timer", () => {
  const { flags } = openShop(flagSet);
  const waited: string[] = [];
  const hook = createHook({ init: (_id, type) => void waited.push(type) }).enable();
  onTestFinished(() => void hook.disable());
  for (let times = 0; times < 100; times++) {
    const scope = flags.scope({ targetingKey: `user-${times}`, plan: "pro" });
    scope.get("new-checkout");
    scope.get("page-size");
    scope.settle();
  }
  hook.disable();
  expect(waited).toEqual([]);
});

test("a scope opened before the first revision stays without one", () => {
  const { flags, source } = openShop();
  const scope = flags.scope({});
  source.next(onOff("on"));
  expect(scope.details(beta).errorCode).toBe("PROVIDER_NOT_READY");
});

test("a scope has one now: the clock's when it is opened, or the one it is given", () => {
  const late = { if: [{ ">=": [{ var: "$flagd.timestamp" }, 100] }, "on"] };
  const set = { flags: { [beta]: ruled(late), "page-size": ruled(late) } };
  let clock = 99_000;
  const { flags, settlements } = openShop(set, { now: () => clock });
  const scope = flags.scope({});
  clock = 100_000;
  expect(scope.get(beta)).toBe(false);
  expect(flags.scope({}).get(beta)).toBe(true);
  expect(flags.scope({}, { now: 99_999 }).get(beta)).toBe(false);
  scope.settle();
  expect(settlements[0]?.startedAt).toBe(99_000);
});

test("identify before the first read replaces the context, and leaves no mark", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.identify(pro);
  expect(scope.get(beta)).toBe(true);
  scope.settle();
  expect(settlements).toMatchObject([{ reidentified: false }]);
});

test("identify after a read keeps what was read, changes the rest, and marks the scope", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  expect(scope.get(beta)).toBe(false);
  scope.identify({ plan: "pro", country: "NL" });
  expect([scope.get(beta), scope.get("page-size")]).toEqual([false, 50]);
  scope.settle();
  expect(settlements).toMatchObject([{ reidentified: true }]);
});

test("identify with what is no context makes the rest anonymous", () => {
  const { flags, problems } = openShop(flagSet);
  const scope = flags.scope(pro);
  scope.identify(null as unknown as typeof pro);
  expect(scope.get(beta)).toBe(false);
  expect(problems.map(({ code }) => code)).toEqual(["INVALID_CONTEXT"]);
});

test("a context function may read the scope it is the context of, as anonymous", () => {
  const { flags } = openShop(flagSet);
  const reads: unknown[] = [];
  const scope = flags.open(() => {
    reads.push(scope.get("page-size"));
    return { plan: "pro", country: "NL" };
  }) as ReturnType<typeof flags.scope>;
  expect(scope.get(beta)).toBe(true);
  expect([...reads, scope.get("page-size")]).toEqual([10, 10]);
});

test("a flag that its own context function reads is read once", () => {
  const { flags, exposures } = openShop(flagSet);
  const reads: unknown[] = [];
  const scope = flags.open(() => {
    reads.push(scope.get(beta));
    return pro;
  }) as ReturnType<typeof flags.scope>;
  reads.push(scope.get(beta), scope.get(beta));
  expect(new Set(reads).size).toBe(1);
  expect(exposures).toHaveLength(1);
});

test("exposures are the flags really read, once each, in order, with their scope", () => {
  const { flags, exposures } = openShop(flagSet);
  const scope = flags.scope(pro);
  expect(scope.exposures).toEqual([]);
  scope.get("search-ranking");
  scope.gate(beta);
  scope.details("search-ranking");
  expect(exposures.map(({ flag, variant }) => [flag, variant])).toEqual([
    ["search-ranking", "hybrid"],
    [beta, "on"],
  ]);
  expect(exposures.every((exposure) => exposure.scope === scope)).toBe(true);
  expect(scope.exposures).toEqual(exposures);
  expect(exposures[0]?.details).toBe(scope.details("search-ranking"));
});

test("an error after the scope has ended is a problem of its class, and counts against nothing", () => {
  const { flags, settlements, problems } = openShop(flagSet);
  const scope = flags.scope({});
  scope.get(beta);
  scope.settle({ aborted: true });
  scope.fail(new RangeError("of ada@example.com"));
  scope.fail(new RangeError("again"));
  expect(settlements).toMatchObject([{ outcome: { status: "aborted" } }]);
  expect(problems.map(({ code }) => code)).toEqual(["LATE_ERROR"]);
  expect(problems[0]?.message).toMatch(/RangeError came after/);
  expect(problems[0]?.message).not.toMatch(/ada/);
});

test("peek gives what details would, without an exposure", () => {
  const { flags, exposures } = openShop(flagSet);
  const scope = flags.scope(pro);
  const peeked = scope.peek(beta);
  expect(peeked).toMatchObject({ value: true, variant: "on", reason: "TARGETING_MATCH" });
  expect([exposures, scope.exposures]).toEqual([[], []]);
  expect(scope.details(beta)).toEqual(peeked);
  expect(scope.peek(unknown)).toMatchObject({ errorCode: "FLAG_NOT_FOUND" });
});

test("peek gives what was read, if the flag was", () => {
  const { flags } = openShop(flagSet);
  const scope = flags.scope({});
  scope.get(beta);
  scope.identify(pro);
  expect(scope.peek(beta)).toBe(scope.details(beta));
  expect(scope.peek(beta).value).toBe(false);
});

test("a peek is no read: identify after it leaves no mark", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.peek(beta);
  scope.identify(pro);
  expect(scope.get(beta)).toBe(true);
  scope.settle();
  expect(settlements).toMatchObject([{ reidentified: false }]);
});

test.each([
  ["its value is true", "on", undefined, true],
  ["its value is not true", "off", undefined, false],
  ["its variant is the name", "off", "off", true],
  ["its variant is another", "on", "off", false],
  ["its variant is in the list", "off", ["on", "off"], true],
  ["its variant is not in the list", "off", ["on"], false],
  ["the list is empty", "on", [], false],
] as const)("a gate, where %s", (_, variant, is, open) => {
  const { flags } = openShop(onOff(variant));
  expect(flags.scope({}).gate(beta, is)).toBe(open);
});

test("a gate on the default that serves compares its variant's name", () => {
  const { flags } = openShop();
  expect(flags.scope({}).gate("page-size", "small")).toBe(true);
});

test("a gate without is stays closed on a flag that is not on or off", () => {
  const { flags } = openShop(flagSet);
  expect(flags.scope({}).gate("search-ranking")).toBe(false);
});

test("a gate marks its exposure gated, also if the flag was read before", () => {
  const { flags } = openShop(flagSet);
  const scope = flags.scope({});
  scope.get(beta);
  scope.get("page-size");
  scope.gate(beta);
  scope.gate("search-ranking", "hybrid");
  scope.get(beta);
  expect(scope.exposures.map(({ flag, gated }) => [flag, gated])).toEqual([
    [beta, true],
    ["page-size", false],
    ["search-ranking", true],
  ]);
});

test("choose picks what belongs to the variant", () => {
  const { flags } = openShop(flagSet);
  const scope = flags.scope({});
  expect(scope.choose("search-ranking", { bm25: "old", hybrid: "new" })).toBe("new");
  expect(scope.exposures).toMatchObject([{ flag: "search-ranking", gated: false }]);
});

test.each([
  ["the safe variant's where its own is missing", { bm25: "old" }, "old"],
  ["nothing where the safe variant's is missing, too", {}, undefined],
  ["nothing of a prototype", Object.create({ hybrid: "new", bm25: "old" }), undefined],
])("choose picks %s, and marks the exposure gated", (_, choices, chosen) => {
  const { flags } = openShop(flagSet);
  const scope = flags.scope({});
  expect(scope.choose("search-ranking", choices as { bm25: string; hybrid: string })).toBe(chosen);
  expect(scope.exposures).toMatchObject([{ flag: "search-ranking", gated: true }]);
});

test("settle tells what was read and how it ended, exactly once", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.get(beta);
  scope.settle();
  scope.settle({ errorType: "500" });
  expect(settlements).toEqual([
    {
      scope,
      exposures: scope.exposures,
      outcome: { status: "ok", duration: expect.any(Number) },
      revision: "1",
      startedAt: expect.any(Number),
      reidentified: false,
    },
  ]);
});

test("a settlement keeps what was read until then", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.get(beta);
  scope.settle();
  scope.get("page-size");
  expect(settlements[0]?.exposures.map(({ flag }) => flag)).toEqual([beta]);
});

test("a scope that an observer settles again while it settles has one settlement", () => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  flags.observe({ settled: () => scope.settle() });
  scope.settle();
  expect(settlements).toHaveLength(1);
});

test("a settlement before the first revision has none", () => {
  const { flags, settlements } = openShop();
  flags.scope({}).settle();
  expect(settlements).toMatchObject([{ revision: undefined, exposures: [] }]);
});

test.each([
  ["ok", {}, "ok", undefined],
  ["aborted", { aborted: true }, "aborted", undefined],
  ["an error of the type given", { errorType: "503" }, "error", "503"],
] as const)("work ends as its ending says: %s", (_, ending, status, errorType) => {
  const { flags, settlements } = openShop(flagSet);
  flags.scope({}).settle(ending);
  expect(settlements[0]?.outcome.status).toBe(status);
  expect(settlements[0]?.outcome.errorType).toBe(errorType);
});

test.each([[undefined], [new TypeError("first")]])("the first failure counts: %o", (first) => {
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  scope.fail(first);
  scope.fail(new RangeError("second"));
  scope.settle({ aborted: true });
  const errorType = first === undefined ? "_OTHER" : "TypeError";
  expect(settlements[0]?.outcome).toMatchObject({ status: "error", error: first, errorType });
});

test("the duration runs from the opening of the scope", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { flags, settlements } = openShop(flagSet);
  const scope = flags.scope({});
  vi.advanceTimersByTime(120);
  scope.settle();
  vi.useRealTimers();
  expect(settlements[0]?.outcome.duration).toBe(120);
});

test("object values cannot be changed by a reader, the default's neither", () => {
  const variants = { light: { color: "white" }, dark: { color: "black" } };
  const themes = { theme: { default: "light", variants } } as const;
  const served = { state: "ENABLED", variants, defaultVariant: "dark" } as const;
  for (const set of [{ flags: {} }, { flags: { theme: served } }]) {
    const flags = createFlags(themes, { source: sourceOf(set) });
    flags.observe({ problem: () => {} });
    expect(Object.isFrozen(flags.scope({}).get("theme"))).toBe(true);
  }
  expect(Object.isFrozen(variants.light)).toBe(false);
});

test("keys and values are those of the definitions", () => {
  const scope = openShop(flagSet).flags.scope({});
  expect(Object.keys(definitions).map((key) => scope.get(key as typeof beta))).toEqual([
    false,
    10,
    "hybrid",
  ]);
});

test("a peek is what a read would give, and is no exposure", () => {
  const { flags, exposures } = openShop(flagSet);
  const scope = flags.scope(pro);
  const peeked = scope.peek(beta);
  expect(scope.peek(unknown as typeof beta).errorCode).toBe("FLAG_NOT_FOUND");
  expect([exposures, scope.exposures]).toEqual([[], []]);
  expect(scope.details(beta)).toEqual(peeked);
  expect(scope.peek(beta)).toBe(scope.details(beta));
  expect(exposures).toHaveLength(1);
});

test("a gate's exposure is told as gated", () => {
  const { flags, exposures } = openShop(flagSet);
  flags.scope(pro).gate(beta);
  expect(exposures).toMatchObject([{ flag: beta, gated: true }]);
});
