import {
  type Change,
  createFlags,
  type Definitions,
  defineFlags,
  type FlagSet,
} from "@burgee/core";
import { expect, test } from "vitest";
import { openShop, ruled } from "./shop.js";
import { sourceOf } from "./source-of.js";

const onOff = { variants: { on: true, off: false }, default: "off" };

test.each<[string, Definitions, RegExp]>([
  [
    "a flag that is not defined",
    { a: { ...onOff, requires: ["b"] } },
    /flag "a" requires "b", which is not defined/,
  ],
  [
    "a name of a prototype",
    { a: { ...onOff, requires: ["toString"] } },
    /requires "toString", which is not defined/,
  ],
  [
    "a flag that is not on/off",
    {
      a: { ...onOff, requires: ["b"] },
      b: { default: "x", variants: { x: "x", y: "y" } },
    },
    /flag "a" requires "b", which is never true/,
  ],
  [
    "a flag that requires it, too",
    { a: { ...onOff, requires: ["b"] }, b: { ...onOff, requires: ["a"] } },
    /circle: "a" → "b" → "a"/,
  ],
  [
    "a flag further on that requires it, too",
    {
      start: { ...onOff, requires: ["a"] },
      a: { ...onOff, requires: ["b"] },
      b: { ...onOff, requires: ["c"] },
      c: { ...onOff, requires: ["a"] },
    },
    /circle: "a" → "b" → "c" → "a"/,
  ],
  [
    "a flag that needs the context, though it does without",
    { a: { ...onOff, context: "none", requires: ["b"] }, b: onOff },
    /flag "a" requires "b", which needs the context it does without/,
  ],
])("requiring %s is a fault of createFlags", (_, definitions, named) => {
  const open = () => createFlags(definitions, { source: sourceOf() });
  expect(open).toThrow(expect.objectContaining({ code: "INVALID_DEFINITION" }));
  expect(open).toThrow(named);
});

test("all faults are named at once, each circle once", () => {
  const definitions = {
    a: { ...onOff, requires: ["b", "x"] },
    b: { ...onOff, requires: ["a", "y"] },
  };
  const open = () => createFlags(definitions, { source: sourceOf() });
  expect(open).toThrow(/"x", which is not defined.*"y", which is not defined.*"a" → "b" → "a"/);
  expect(open).not.toThrow(/circle.*circle/);
});

test("several flags may require one, and one several", () => {
  const definitions = {
    a: onOff,
    b: { ...onOff, requires: ["a"] },
    c: { ...onOff, requires: ["a"] },
    d: { ...onOff, requires: ["b", "c"] },
  };
  expect(() => createFlags(definitions, { source: sourceOf() })).not.toThrow();
});

test("a flag may require one of another defineFlags", () => {
  const a = defineFlags({ a: { default: false } });
  const b = defineFlags({ b: { default: false, requires: ["a"] } });
  expect(() => createFlags({ ...a, ...b }, { source: sourceOf() })).not.toThrow();
});

/** "express" depends on "checkout". */
const definitions = defineFlags({
  checkout: { default: false },
  express: { default: "no", variants: ["no", "one-click", "slow"], requires: ["checkout"] },
});

function setWith(checkout: "on" | "off"): FlagSet {
  return {
    flags: {
      checkout: ruled(checkout),
      express: {
        state: "ENABLED",
        variants: { no: "no", "one-click": "one-click", slow: "slow" },
        defaultVariant: "slow",
        targeting: { fractional: ["user-1", ["one-click", 1]] },
      },
    },
    metadata: { version: "7" },
  };
}

test("a flag is decided by its rule while the flag it requires is true", () => {
  const flags = createFlags(definitions, { source: sourceOf(setWith("on")) });
  expect(flags.scope({}).details("express")).toMatchObject({
    value: "one-click",
    reason: "TARGETING_MATCH",
  });
});

test("a flag serves its definition's default while the flag it requires is not true", () => {
  const flags = createFlags(definitions, { source: sourceOf(setWith("off")) });
  expect(flags.scope({}).details("express")).toEqual({
    value: "no",
    variant: "no",
    reason: "DEFAULT",
    flagMetadata: { version: "7" },
  });
});

test("a flag whose required flag fails serves its default", () => {
  const { checkout: _gone, ...rest } = setWith("on").flags;
  const flags = createFlags(definitions, { source: sourceOf({ flags: rest }) });
  flags.observe({ problem: () => {} });
  expect(flags.scope({}).get("express")).toBe("no");
});

test("looking at the flag it requires is no exposure", () => {
  const flags = createFlags(definitions, { source: sourceOf(setWith("on")) });
  const scope = flags.scope({});
  scope.get("express");
  expect(scope.exposures.map(({ flag }) => flag)).toEqual(["express"]);
});

test("what is required of a required flag counts, too", () => {
  const chain = defineFlags({
    "new-checkout": { default: false },
    b: { default: false, requires: ["new-checkout"] },
    c: { default: false, requires: ["b"] },
  });
  const set = (first: string) => ({
    flags: { "new-checkout": ruled(first), b: ruled("on"), c: ruled("on") },
  });
  const read = (first: string) =>
    createFlags(chain, { source: sourceOf(set(first)) })
      .scope({})
      .get("c");
  expect([read("on"), read("off")]).toEqual([true, false]);
});

test("a change of a flag is one of all that require it, through others, too", () => {
  const chain = defineFlags({
    "new-checkout": { default: false },
    b: { default: false, requires: ["new-checkout"] },
    c: { default: false, requires: ["b"] },
    other: { default: false },
  });
  const b = ruled("on");
  const source = sourceOf({ flags: { "new-checkout": b, b, c: b, other: b } });
  const flags = createFlags(chain, { source });
  const changes: Change[] = [];
  flags.scope({});
  flags.observe({ changed: (change) => changes.push(change) });
  source.change({ flags: { put: { "new-checkout": ruled("off") } } });
  flags.pin("b", "off", { until: Date.now() + 60_000, reason: "test" });
  source.change({ flags: { put: { other: ruled("off") } } });
  expect(changes).toEqual([
    { keys: ["new-checkout", "b", "c"], cause: "revision" },
    { keys: ["b", "c"], cause: "pin" },
    { keys: ["other"], cause: "revision" },
  ]);
  flags.close();
});

test("before the first revision the reason is that there is none", () => {
  const flags = createFlags(definitions, { source: sourceOf() });
  flags.observe({ problem: () => {} });
  expect(flags.scope({}).details("express").errorCode).toBe("PROVIDER_NOT_READY");
});

test("flags that require nothing are not concerned", () => {
  const { flags } = openShop({ flags: { "new-checkout": ruled("on") } });
  expect(flags.scope({}).get("new-checkout")).toBe(true);
});
