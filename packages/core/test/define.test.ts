import { type Definitions, defineFlags } from "@burgee/core";
import { expect, test } from "vitest";

/** Definitions that do not compile, as JavaScript may pass them. */
const define = defineFlags as unknown as (written: unknown) => Definitions;

test("a flag without variants is on or off", () => {
  expect(defineFlags({ beta: { default: "off" } })).toEqual({
    beta: { default: "off", variants: { on: true, off: false } },
  });
});

test.each([
  [true, "on"],
  [false, "off"],
] as const)("the default %s stands for %s", (written, name) => {
  expect(defineFlags({ beta: { default: written } }).beta.default).toBe(name);
});

test("a list of strings names variants that are their own values", () => {
  const { ranking } = defineFlags({ ranking: { default: "bm25", variants: ["bm25", "hybrid"] } });
  expect(ranking.variants).toEqual({ bm25: "bm25", hybrid: "hybrid" });
});

test("notes are kept as they are written", () => {
  const notes = {
    description: "The checkout of 2027",
    owner: "payments",
    kind: "release",
    created: "2026-11-23",
    expires: "2027-02-01",
  } as const;
  expect(defineFlags({ beta: { default: false, ...notes } }).beta).toMatchObject(notes);
});

test("terms are kept as they are written, a duration in milliseconds", () => {
  const terms = { context: "none", requires: ["alpha"], onOutage: "default" } as const;
  const { beta } = defineFlags({ beta: { default: false, ...terms, maxStaleness: "10m" } });
  expect(beta).toEqual({
    default: "off",
    variants: { on: true, off: false },
    ...terms,
    maxStaleness: 600_000,
  });
  expect([beta, beta.requires].every(Object.isFrozen)).toBe(true);
});

test("a definition is plain data: what JSON makes of it defines the same", () => {
  const { beta } = defineFlags({
    beta: { default: false, requires: ["alpha"], maxStaleness: "24h", kind: "ops" },
  });
  expect(define(JSON.parse(JSON.stringify({ beta })))).toEqual({ beta });
});

test("definitions are frozen all the way down, what they were written as is not", () => {
  const variants = { small: { rows: 10 }, large: { rows: 50 } };
  const defined = defineFlags({ size: { default: "small", variants } });
  const { size } = defined;
  expect([defined, size, size.variants, size.variants.small].every(Object.isFrozen)).toBe(true);
  expect([variants, variants.small].some(Object.isFrozen)).toBe(false);
  variants.small.rows = 0;
  expect(size.variants.small.rows).toBe(10);
});

test("definitions can be spread into one, and defined again", () => {
  const a = defineFlags({ a: { default: false } });
  const b = defineFlags({ b: { default: "x", variants: ["x", "y"] } });
  expect(define({ ...a, ...b })).toEqual({ ...a, ...b });
});

test.each(["constructor", "__proto__", "toString"])(
  "%s is a key and a variant like any other",
  (name) => {
    const written = JSON.parse(`{"${name}":{"default":"${name}","variants":["${name}","other"]}}`);
    const [[key, definition] = [], ...more] = Object.entries(define(written));
    expect([key, more]).toEqual([name, []]);
    expect(definition?.default).toBe(name);
    expect(Object.entries(definition?.variants ?? {})).toContainEqual([name, name]);
  },
);

test.each([
  ["a default that is none of the variants", { default: "c", variants: ["a", "b"] }, "a, b"],
  ["a default that is a prototype's name", { default: "toString" }, "toString"],
  ["no default", {}, "default undefined"],
  ["no variants at all", { default: "a", variants: [] }, "no variants"],
  ["variants that are no names", { default: "a", variants: 7 }, "variants"],
  ["variants that are null", { default: "a", variants: null }, "variants"],
  ["values of several types", { default: "a", variants: { a: 1, b: "2" } }, "several types"],
  ["a list beside an object", { default: "a", variants: { a: [], b: {} } }, "several types"],
  ["null beside an object", { default: "a", variants: { a: null, b: {} } }, "several types"],
  ["a day in words", { default: false, expires: "next week" }, "next week"],
  ["a day without its zeros", { default: false, created: "2027-2-1" }, "2027-2-1"],
  ["a day that no calendar has", { default: false, expires: "2027-13-01" }, "2027-13-01"],
  ["a day that is no text", { default: false, expires: 2027 }, "2027"],
  [
    "a description that is no text",
    { default: false, description: 7 },
    "description must be a text",
  ],
  ["an owner that is no text", { default: false, owner: ["payments"] }, "owner must be a text"],
  ["a kind there is not", { default: false, kind: "beta" }, '"experiment"'],
  ["a kind of a prototype", { default: false, kind: "toString" }, 'not "toString"'],
  ["a context there is not", { default: false, context: "user" }, '"none", "request", not "user"'],
  ["an onOutage there is not", { default: false, onOutage: "throw" }, '"last-known"'],
  ["a duration in words", { default: false, maxStaleness: "an hour" }, 'not "an hour"'],
  ["a negative duration", { default: false, maxStaleness: -1 }, "not -1"],
  ["a duration without an end", { default: false, maxStaleness: Infinity }, '"24h"'],
  ["a duration that is null", { default: false, maxStaleness: null }, "not null"],
  ["requires that is a key", { default: false, requires: "alpha" }, "a list of flags' keys"],
  ["requires with no keys in it", { default: false, requires: [7] }, "a list of flags' keys"],
  ["a flag that requires itself", { default: false, requires: ["beta"] }, "requires itself"],
  ["the 30th of February", { default: false, expires: "2027-02-30" }, "2027-02-30"],
])("%s is a fault", (_, written, named) => {
  const fault = { code: "INVALID_DEFINITION", message: expect.stringContaining(named) };
  expect(() => define({ beta: written })).toThrow(expect.objectContaining(fault));
});

test("all faults are named at once, each with its flag", () => {
  const written = {
    "new-checkout": { default: "maybe", created: "today", expires: "tomorrow" },
    "page-size": { default: "small", variants: { small: 10, large: "50" } },
    good: { default: true },
  };
  expect(() => define(written)).toThrow(
    /"new-checkout".*"maybe".*"today".*"tomorrow".*"page-size".*several types/,
  );
  expect(() => define(written)).not.toThrow(/good/);
});

test("a definition that is no object is a fault that names the flag", () => {
  expect(() => defineFlags({ beta: null } as never)).toThrow(/flag "beta": must be an object/);
});
