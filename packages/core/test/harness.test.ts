import { createFlags, defineFlags, type FlagScope } from "@burgee/core";
import { harness } from "@burgee/core/harness";
import { memoryStore } from "@burgee/stores/memory";
import { afterEach, expect, test } from "vitest";
import { flagSet, openShop } from "./shop.js";

afterEach(() => {
  delete harness.overrides;
});

test("nothing is in the harness that a test did not put there", () => {
  expect(harness).toEqual({});
  const { flags } = openShop(flagSet);
  expect(flags.scope({}).details("new-checkout")).not.toHaveProperty("overridden");
});

test("it is one for all copies of the package", () => {
  expect(Reflect.get(globalThis, Symbol.for("burgee.harness.v1"))).toBe(harness);
});

test.each<
  [string, (flags: ReturnType<typeof openShop>["flags"]) => FlagScope | Promise<FlagScope>]
>([
  ["scope", (flags) => flags.scope({}) as unknown as FlagScope],
  ["open", (flags) => flags.open({}) as unknown as FlagScope],
  ["open, of who is still asked", async (flags) => (await flags.open(async () => ({}))) as never],
  ["run", (flags) => flags.run({}, (scope) => scope as unknown as FlagScope)],
])("a scope serves what the harness says when it is opened: %s", async (_, open) => {
  const { flags } = openShop(flagSet);
  harness.overrides = () => ({ "new-checkout": "on" });
  const scope = await open(flags);
  delete harness.overrides;
  expect(scope.details("new-checkout")).toMatchObject({
    value: true,
    variant: "on",
    overridden: true,
  });
  expect(scope.details("page-size")).toEqual(flags.scope({}).details("page-size"));
});

test("the harness is told whose scope is opened", () => {
  const { flags } = openShop(flagSet);
  const told: unknown[] = [];
  harness.overrides = (whose) => void told.push(whose);
  flags.scope({});
  expect(told).toEqual([flags]);
});

test("what a scope is opened with counts more than the harness", () => {
  const { flags } = openShop(flagSet);
  harness.overrides = () => ({ "new-checkout": "off", "page-size": "large" });
  const scope = flags.scope({}, { overrides: { "new-checkout": "on" } });
  expect(scope.get("new-checkout")).toBe(true);
  expect(scope.get("page-size")).toBe(50);
});

test("the harness counts more than a pin", () => {
  const { flags } = openShop(flagSet);
  flags.pin("new-checkout", "off", { until: Date.now() + 60_000, reason: "test" });
  harness.overrides = () => ({ "new-checkout": "on" });
  expect(flags.scope({}).get("new-checkout")).toBe(true);
});

test("a test's own code may override a flag of kind permission, and a request may not", () => {
  const definitions = defineFlags({ "delete-account": { default: false, kind: "permission" } });
  const flags = createFlags(definitions, { source: memoryStore() });
  harness.overrides = () => ({ "delete-account": "on" });
  expect(flags.scope({}).get("delete-account")).toBe(true);
  delete harness.overrides;
  expect(flags.scope({}, { overrides: { "delete-account": "on" } }).get("delete-account")).toBe(
    false,
  );
});

test("unknown keys and variants in the harness are left out", () => {
  const { flags } = openShop(flagSet);
  const rules = flags.scope({}).details("new-checkout");
  harness.overrides = () => ({ "new-checkout": "toString", "no-such-flag": "on" });
  expect(flags.scope({}).details("new-checkout")).toEqual(rules);
});

test("what the rules decide at another date is not asked of the harness", () => {
  const { flags } = openShop(flagSet);
  harness.overrides = () => ({ "new-checkout": "on" });
  expect(flags.evaluateAt(Date.now(), "new-checkout", {}).value).toBe(false);
});
