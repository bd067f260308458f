import { createFlags, defineFlags, flagSetIn } from "@burgee/core";
import { expect, test } from "vitest";
import { flagSet, openShop, ruled, shopWith } from "./shop.js";
import { sourceOf } from "./source-of.js";

const set = {
  ...shopWith({
    elsewhere: ruled({ if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] }),
    retired: { ...ruled(null), state: "DISABLED" },
  }),
  metadata: { flagSetId: "shop" },
};
const flagMetadata = set.metadata;

test("a flag set in a scope decides every flag of it, defined here or not, without defaults", () => {
  const { flags, exposures } = openShop(set);
  const inScope = flagSetIn(flags.scope({ plan: "pro" }));
  expect(inScope?.metadata).toEqual(flagMetadata);
  expect(inScope?.evaluate("elsewhere")).toEqual({
    value: true,
    variant: "on",
    reason: "TARGETING_MATCH",
    flagMetadata,
  });
  expect(inScope?.evaluate("retired")).toEqual({
    value: undefined,
    reason: "DISABLED",
    flagMetadata,
  });
  expect(inScope?.evaluate("no-such-flag")).toMatchObject({ errorCode: "FLAG_NOT_FOUND" });
  const all = inScope?.evaluateAll();
  expect([...(all?.keys() ?? [])]).toEqual(Object.keys(set.flags));
  for (const [key, details] of all ?? []) expect(details).toEqual(inScope?.evaluate(key));
  expect(exposures).toEqual([]);
});

test("there is none before the first revision, nor in what is no scope", () => {
  expect(flagSetIn(openShop().flags.scope({}))).toBeUndefined();
  expect(flagSetIn({})).toBeUndefined();
});

test("a pin holds for callers elsewhere, too, and so does an override", () => {
  const { flags } = openShop(flagSet);
  flags.scope({});
  flags.pin("new-checkout", "off", { until: Date.now() + 60_000, reason: "errors rose" });
  const scope = flags.scope({ plan: "pro" }, { overrides: { "page-size": "large" } });
  const inScope = flagSetIn(scope);
  expect(inScope?.evaluate("new-checkout")).toMatchObject({ value: false, pinned: true });
  expect(inScope?.evaluateAll().get("new-checkout")).toMatchObject({ variant: "off" });
  expect(inScope?.evaluate("page-size")).toMatchObject({ value: 50, overridden: true });
});

test("a pin to a variant that the set has not leaves the value to the caller", () => {
  const variants = { beta: true };
  const { flags } = openShop({
    flags: { "new-checkout": { state: "ENABLED", variants, defaultVariant: "beta" } },
  });
  flags.observe({ problem: () => {} });
  flags.scope({});
  flags.pin("new-checkout", "off", { until: Date.now() + 60_000, reason: "errors rose" });
  const details = flagSetIn(flags.scope({}))?.evaluate("new-checkout");
  expect(details).toEqual({ value: undefined, reason: "DEFAULT", flagMetadata: {} });
});

test("past what a flag allows in an outage, the value is left to the caller", () => {
  const source = sourceOf(flagSet);
  const definitions = defineFlags({ "new-checkout": { default: false, onOutage: "default" } });
  const flags = createFlags(definitions, { source });
  flags.observe({ problem: () => {} });
  flags.scope({});
  source.problem(new Error("connection refused"));
  const inScope = flagSetIn(flags.scope({ plan: "pro" }));
  const stale = { value: undefined, reason: "STALE", flagMetadata: {} };
  expect(inScope?.evaluate("new-checkout")).toEqual(stale);
  expect(inScope?.evaluate("search-ranking")).toMatchObject({ value: "hybrid" });
});
