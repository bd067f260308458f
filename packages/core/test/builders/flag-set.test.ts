import {
  after,
  all,
  any,
  attr,
  createRuleset,
  type Definitions,
  defineFlags,
  type FlagSet,
  flagSet,
  inSegment,
  parseFlagSet,
  percent,
  progressive,
  when,
} from "@burgee/core";
import { describe, expect, test } from "vitest";

const definitions = defineFlags({
  "new-checkout": { default: false, owner: "payments", kind: "release", expires: "2027-02-01" },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
});
const staff = attr("email").endsWith("@example.com");

/** Rules that do not compile, as JavaScript may pass them. */
const write = flagSet as unknown as (
  definitions: Definitions,
  rules: unknown,
  extras?: unknown,
) => FlagSet;

test("every flag that is defined is written, as its definition says", () => {
  expect(flagSet(definitions)).toEqual({
    flags: {
      "new-checkout": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "off",
        metadata: { owner: "payments", kind: "release", expires: "2027-02-01" },
      },
      "search-ranking": {
        state: "ENABLED",
        variants: { bm25: "bm25", hybrid: "hybrid" },
        defaultVariant: "bm25",
      },
      "page-size": {
        state: "ENABLED",
        variants: { small: 10, large: 50 },
        defaultVariant: "small",
      },
    },
  });
});

test("what is given for a flag is laid over its definition", () => {
  const rule = when(staff, "on");
  const { flags } = flagSet(definitions, {
    "new-checkout": {
      targeting: rule,
      state: "DISABLED",
      defaultVariant: "on",
      metadata: { owner: "checkout", ticket: 7 },
    },
  });
  expect(flags["new-checkout"]).toEqual({
    state: "DISABLED",
    variants: { on: true, off: false },
    defaultVariant: "on",
    targeting: rule,
    metadata: { owner: "checkout", kind: "release", expires: "2027-02-01", ticket: 7 },
  });
});

const document = flagSet(
  definitions,
  {
    "new-checkout": { targeting: [when(inSegment("isStaff"), "on"), percent({ on: 10 })] },
    "search-ranking": {
      targeting: when(all(inSegment("isBeta"), after("2027-01-04T09:00:00Z")), "hybrid"),
    },
    "page-size": {
      targeting: progressive("large", [
        { at: "2027-01-04", percent: 5 },
        { at: "2027-01-09", percent: 100 },
      ]),
    },
  },
  {
    segments: { isStaff: staff, isBeta: any(inSegment("isStaff"), attr("beta").is(true)) },
    metadata: { flagSetId: "shop" },
  },
);

test("segments are written as shared rules, and decide", () => {
  expect(document).toMatchObject({
    $evaluators: { isStaff: staff },
    metadata: { flagSetId: "shop" },
  });
  const ruleset = createRuleset(document);
  const monday = Date.UTC(2027, 0, 4, 9);
  const jon = { targetingKey: "jon", email: "jon@example.com" };
  expect(ruleset.evaluate("new-checkout", false, jon).variant).toBe("on");
  expect(ruleset.evaluate("new-checkout", false, {}).variant).toBe("off");
  expect(ruleset.evaluate("search-ranking", "", jon, monday - 1).variant).toBe("bm25");
  expect(ruleset.evaluate("search-ranking", "", jon, monday).variant).toBe("hybrid");
  expect(ruleset.evaluate("search-ranking", "", { beta: true }, monday).variant).toBe("hybrid");
});

test("the document has no issues, and is the same after JSON", () => {
  expect(parseFlagSet(document)).toEqual({ ok: true, flagSet: document, issues: [] });
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});

test("nobody can change it", () => {
  const flag = document.flags["new-checkout"];
  expect([document, document.flags, flag, flag?.targeting].every(Object.isFrozen)).toBe(true);
});

test.each(["constructor", "__proto__", "toString"])("%s is a name like any other", (name) => {
  const own = (value: unknown) => JSON.parse(`{"${name}":${JSON.stringify(value)}}`);
  const defined = defineFlags(own({ default: "x", variants: ["x", name] })) as Definitions;
  expect(() => write(defined, {}, { segments: own(staff) })).not.toThrow();
  expect(() => write({}, own({}))).toThrow("is not defined");
  const used = write(defined, own({ targeting: when(inSegment(name), name) }), {
    segments: own(staff),
  });
  const { variant } = createRuleset(used).evaluate(name, "", { email: "jon@example.com" });
  expect(variant).toBe(name);
  const plain = defineFlags({ beta: { default: false } });
  expect(() => write(plain, { beta: { targeting: when(inSegment(name), "on") } })).toThrow(
    "segment",
  );
  expect(() => write(plain, { beta: { targeting: when(staff, name) } })).toThrow("no variant");
});

describe("a fault names its place", () => {
  const half = percent({ on: 50, onn: 50 });

  test.each<[string, unknown, unknown, string]>([
    ["a key that is not defined", { checkout: {} }, {}, 'flag "checkout" is not defined'],
    [
      "a variant after a condition",
      { targeting: when(staff, "onn") },
      {},
      '/targeting/if/1: "onn" is no variant (on, off)',
    ],
    [
      "a variant of a later rule",
      { targeting: [when(staff, "on"), when(staff, "onn")] },
      {},
      '/targeting/if/3: "onn"',
    ],
    ["a variant in a bucket", { targeting: half }, {}, '/targeting/fractional/1/0: "onn"'],
    [
      "a variant in a split by an attribute",
      { targeting: percent({ onn: 1 }, { by: "a" }) },
      {},
      '/targeting/if/1/fractional/1/0: "onn"',
    ],
    [
      "a variant of an alternative",
      { targeting: [percent({ on: 1 }), half] },
      {},
      '/targeting/or/1/fractional/1/0: "onn"',
    ],
    ["a default", { defaultVariant: "onn" }, {}, '/flags/new-checkout/defaultVariant: "onn"'],
    [
      "a segment",
      { targeting: when(inSegment("staff"), "on") },
      {},
      '/flags/new-checkout/targeting/if/0: no segment is named "staff"',
    ],
    [
      "a segment in a segment",
      {},
      { a: all(staff, inSegment("b")) },
      '/$evaluators/a/and/1: no segment is named "b"',
    ],
    [
      "a segment of itself",
      {},
      { a: inSegment("b"), b: inSegment("a") },
      "/$evaluators/a: refers to itself",
    ],
  ])("%s", (what, rules, segments, named) => {
    const given = what.startsWith("a key") ? rules : { "new-checkout": rules };
    expect(() => write(definitions, given, { segments })).toThrow(
      expect.objectContaining({ code: "INVALID_RULE", message: expect.stringContaining(named) }),
    );
  });

  test("a segment beside a circle is no part of it", () => {
    const segments = { a: inSegment("b"), b: inSegment("a"), c: inSegment("a") };
    const faults = "/$evaluators/a: refers to itself; /$evaluators/b: refers to itself. [";
    expect(() => write(definitions, {}, { segments })).toThrow(faults);
  });

  test("all of them at once", () => {
    const rules = { "new-checkout": { targeting: [when(staff, "a"), percent({ b: 1 })] }, c: {} };
    for (const named of ['"a"', '"b"', '"c"']) {
      expect(() => write(definitions, rules)).toThrow(named);
    }
  });
});
