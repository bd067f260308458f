import { createFlags, type FlagDefinition } from "@burgee/core";
import { flagTelemetry } from "@burgee/opentelemetry";
import { expect, onTestFinished, test } from "vitest";
import { startSdk } from "./sdk.js";
import { definitions, onOff, openTracedShop } from "./shop.js";

/** The attributes of the event for the checkout, as the flag document has it. */
function attributesFor(flag: FlagDefinition | undefined) {
  const sdk = startSdk();
  const flags = openTracedShop(flag === undefined ? {} : { "new-checkout": flag });
  flags.scope({ targetingKey: "ada@example.com" }).get("new-checkout");
  expect(sdk.records()).toHaveLength(1);
  return sdk.records()[0]?.attributes;
}

test("an event names the flag, its variant, why, and who decided", () => {
  expect(attributesFor(onOff("on"))).toEqual({
    "feature_flag.key": "new-checkout",
    "feature_flag.result.variant": "on",
    "feature_flag.result.reason": "static",
    "feature_flag.provider.name": "burgee",
  });
});

test("the reason is in lower case", () => {
  const targeting = { if: [true, "on"] };
  expect(attributesFor(onOff("off", { targeting }))).toMatchObject({
    "feature_flag.result.reason": "targeting_match",
  });
});

test("where a percentage split decided, the reason is split, and the unit is not told", () => {
  const targeting = { fractional: [["on", 100]] };
  const attributes = attributesFor(onOff("off", { targeting }));
  expect(attributes).toMatchObject({ "feature_flag.result.reason": "split" });
  expect(JSON.stringify(attributes)).not.toContain("ada@example.com");
});

test("the metadata's set id and version are told", () => {
  const metadata = { flagSetId: "shop/production", version: 7 };
  expect(attributesFor(onOff("on", { metadata }))).toMatchObject({
    "feature_flag.set.id": "shop/production",
    "feature_flag.version": "7",
  });
});

test("a set id that is no text is not told, nor other metadata", () => {
  const metadata = { flagSetId: 7, owner: "team-checkout" };
  const attributes = attributesFor(onOff("on", { metadata }));
  expect(attributes).not.toHaveProperty("feature_flag.set.id");
  expect(JSON.stringify(attributes)).not.toContain("team-checkout");
});

const failures: readonly [string, FlagDefinition | undefined, string][] = [
  ["flag_not_found", undefined, "it is not in the flag set"],
  ["parse_error", onOff("on", { targeting: { fly: [] } }), "fly"],
  [
    "type_mismatch",
    { state: "ENABLED", variants: { on: "yes" }, defaultVariant: "on" },
    "its value is of type string, not boolean",
  ],
];

test.each(failures)("a failure %s has its type and message", (type, flag, message) => {
  expect(attributesFor(flag)).toEqual({
    "feature_flag.key": "new-checkout",
    "feature_flag.result.variant": "off",
    "feature_flag.result.reason": "error",
    "feature_flag.provider.name": "burgee",
    "error.type": type,
    "feature_flag.error.message": expect.stringContaining(message),
  });
});

test("a failure on a context has its type alone, since its message may quote the context", () => {
  const attributes = attributesFor(onOff("on", { targeting: { var: "targetingKey" } }));
  expect(attributes).toMatchObject({ "error.type": "general" });
  expect(attributes).not.toHaveProperty("feature_flag.error.message");
  expect(JSON.stringify(attributes)).not.toContain("ada@example.com");
});

test("before the first revision, the failure is that the provider is not ready", () => {
  const sdk = startSdk();
  const flags = createFlags(definitions, { source: { subscribe: () => () => {} } });
  flags.observe({ problem: () => {} });
  onTestFinished(flagTelemetry(flags));
  flags.scope({}).get("new-checkout");
  expect(sdk.records()[0]?.attributes).toMatchObject({
    "error.type": "provider_not_ready",
    "feature_flag.error.message": "no revision has arrived yet",
  });
});
