import { createFlags, defineFlags, type FlagScope, type Overrides } from "@burgee/core";
import { expect, test } from "vitest";
import { flagSet, openShop, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

const beta = "new-checkout";

test("an override serves its variant, whatever the rules say", () => {
  const { flags } = openShop({ ...flagSet, metadata: { version: "7" } });
  expect(flags.scope({}, { overrides: { [beta]: "on" } }).details(beta)).toEqual({
    value: true,
    variant: "on",
    reason: "TARGETING_MATCH",
    overridden: true,
    flagMetadata: { version: "7" },
  });
});

test("flags without an override are decided by the rules", () => {
  const { flags } = openShop(flagSet);
  const scope = flags.scope({ country: "NL" }, { overrides: { [beta]: "on" } });
  expect(scope.details("page-size")).toBe(flags.scope({ country: "NL" }).details("page-size"));
});

test.each<[string, (flags: ReturnType<typeof openShop>["flags"], overrides: Overrides) => unknown]>(
  [
    ["a context", (flags, overrides) => flags.open({}, { overrides })],
    ["a function", (flags, overrides) => flags.open(() => ({}), { overrides })],
    ["an async function", (flags, overrides) => flags.open(async () => ({}), { overrides })],
  ],
)("a scope that is opened with %s takes overrides, too", async (_, open) => {
  const { flags } = openShop(flagSet);
  const scope = (await open(flags, { [beta]: "on" })) as FlagScope;
  expect(scope.get(beta)).toBe(true);
});

test("an override needs no context: its function is not run", () => {
  const { flags } = openShop(flagSet);
  const scope = flags.open(() => expect.fail("it was run"), { overrides: { [beta]: "on" } });
  expect((scope as FlagScope).get(beta)).toBe(true);
});

test("an override needs no revision", () => {
  const { flags, problems } = openShop();
  expect(flags.scope({}, { overrides: { "page-size": "large" } }).get("page-size")).toBe(50);
  expect(problems).toEqual([]);
});

test("an override serves in an outage, and over a pin and what the flag requires", () => {
  const definitions = defineFlags({
    a: { default: false },
    b: { default: false, requires: ["a"], onOutage: "default" },
  });
  const source = sourceOf({ flags: {} });
  const flags = createFlags(definitions, { source });
  flags.observe({ problem: () => {} });
  flags.pin("b", "off", { until: Date.now() + 60_000, reason: "test" });
  flags.scope({});
  source.problem(new Error("gone"));
  const { reason, overridden, ...marks } = flags.scope({}, { overrides: { b: "on" } }).details("b");
  expect([reason, overridden]).toEqual(["TARGETING_MATCH", true]);
  expect(marks).toEqual({ value: true, variant: "on", flagMetadata: {} });
});

test("an overridden flag counts for those that require it", () => {
  const definitions = defineFlags({
    [beta]: { default: false },
    "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], requires: [beta] },
  });
  const flags = createFlags(definitions, { source: sourceOf(flagSet) });
  expect(flags.scope({}).get("search-ranking")).toBe("bm25");
  expect(flags.scope({}, { overrides: { [beta]: "on" } }).get("search-ranking")).toBe("hybrid");
});

test("a variant's value is the flag set's; its definition's where that is of another type", () => {
  const variants = { small: 10, large: 80 };
  const overrides = { "page-size": "large" };
  const read = (set: object) => {
    const { flags } = openShop(
      shopWith({ "page-size": { ...flagSet.flags["page-size"], ...set } }),
    );
    return flags.scope({}, { overrides }).get("page-size");
  };
  expect(read({ variants })).toBe(80);
  expect(read({ variants: { ...variants, large: "80" } })).toBe(50);
  expect(read({ variants: { small: 10 } })).toBe(50);
});

test("an override never touches a flag of kind permission", () => {
  const definitions = defineFlags({ admin: { default: false, kind: "permission" } });
  const source = sourceOf({
    flags: {
      admin: { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "off" },
    },
  });
  const flags = createFlags(definitions, { source });
  const { value, overridden } = flags.scope({}, { overrides: { admin: "on" } }).details("admin");
  expect([value, overridden]).toEqual([false, undefined]);
});

test.each<[string, unknown]>([
  ["an unknown key", { "no-such-flag": "on" }],
  ["an unknown variant", { [beta]: "maybe" }],
  ["a variant of a prototype", { [beta]: "toString" }],
  ["a value that is no name", { [beta]: true }],
  ["a list", { [beta]: ["on"] }],
  ["an object", { [beta]: { toString: () => "on" } }],
  ["an inherited entry", Object.create({ [beta]: "on" })],
  ["keys of a prototype", JSON.parse('{"__proto__":{"new-checkout":"on"},"constructor":"on"}')],
  ["a text", "garbage"],
  ["a list of texts", ["on"]],
])("garbage for overrides changes nothing, and throws nothing: %s", (_, overrides) => {
  const { flags, problems } = openShop(flagSet);
  const scope = flags.scope({}, { overrides: overrides as Overrides });
  for (const key of [beta, "page-size", "search-ranking"] as const) {
    expect(scope.details(key)).toEqual(flags.scope({}).details(key));
  }
  expect(problems).toEqual([]);
});

test("exposures and settlements carry the mark", () => {
  const { flags, exposures, settlements } = openShop(flagSet);
  const scope = flags.scope({}, { overrides: { [beta]: "on" } });
  scope.get(beta);
  scope.settle();
  expect(exposures[0]?.details.overridden).toBe(true);
  expect(settlements[0]?.exposures[0]?.details.overridden).toBe(true);
});
