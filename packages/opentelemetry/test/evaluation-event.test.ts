import { createFlags, type FlagDefinition } from "@burgee/core";
import { type EvaluationEventOptions, flagTelemetry } from "@burgee/opentelemetry";
import { expect, onTestFinished, test } from "vitest";
import { startSdk } from "./sdk.js";
import { definitions, onOff, openTracedShop } from "./shop.js";

/** The attributes of the event for the checkout, as the flag document has it. */
function attributesFor(flag: FlagDefinition | undefined, event?: EvaluationEventOptions) {
  const sdk = startSdk();
  const flags = openTracedShop(flag === undefined ? {} : { "new-checkout": flag }, event);
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
    "feature_flag.version": "1",
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

test("without a version of its own, a flag has the revision's", () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  flags.scope({}).get("new-checkout");
  expect(flags.revision).toBeDefined();
  expect(sdk.records()[0]?.attributes["feature_flag.version"]).toBe(flags.revision);
});

test("the value is told if that is asked for", () => {
  expect(attributesFor(onOff("on"), { value: true })).toMatchObject({
    "feature_flag.result.variant": "on",
    "feature_flag.result.value": true,
  });
});

const toAda = { if: [{ "==": [{ var: "targetingKey" }, "ada@example.com"] }, "on"] };

test("who asked is told if that is asked for, and as it is asked for", () => {
  const contextId = (targetingKey: string) => `${targetingKey.length} letters`;
  expect(attributesFor(onOff("off", { targeting: toAda }), { contextId })).toMatchObject({
    "feature_flag.result.variant": "on",
    "feature_flag.context.id": "15 letters",
  });
});

test("who asked is not told where the application has no name for them", () => {
  const flag = onOff("off", { targeting: toAda });
  expect(attributesFor(flag, { contextId: () => undefined })).not.toHaveProperty([
    "feature_flag.context.id",
  ]);
});

test("a set id that is no text is not told, nor other metadata", () => {
  const metadata = { flagSetId: 7, owner: "team-checkout" };
  const attributes = attributesFor(onOff("on", { metadata }));
  expect(attributes).not.toHaveProperty(["feature_flag.set.id"]);
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
    "feature_flag.version": "1",
    "error.type": type,
    "feature_flag.error.message": expect.stringContaining(message),
  });
});

test("a failure on a context has its type alone, since its message may quote the context", () => {
  const attributes = attributesFor(onOff("on", { targeting: { var: "targetingKey" } }));
  expect(attributes).toMatchObject({ "error.type": "general" });
  expect(attributes).not.toHaveProperty(["feature_flag.error.message"]);
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
