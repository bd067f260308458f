import { revisionOf, targetingKeyOf } from "@burgee/core";
import { expect, test } from "vitest";
import { flagSet, openShop, ruled, shopWith } from "./shop.js";

const toAda = { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "on"] };

test("a scope knows its revision, also once there is another", () => {
  const { flags, source } = openShop(flagSet);
  const scope = flags.scope({});
  const before = flags.revision;
  source.next(shopWith({ "new-checkout": ruled(null) }));
  expect(before).toBeDefined();
  expect(flags.revision).not.toBe(before);
  expect(revisionOf(scope)).toBe(before);
});

test("a scope knows who asked, once a read has asked for it", () => {
  const { flags } = openShop(shopWith({ "new-checkout": ruled(toAda) }));
  const scope = flags.scope({ targetingKey: "ada" });
  expect(targetingKeyOf(scope)).toBeUndefined();
  scope.get("new-checkout");
  expect(targetingKeyOf(scope)).toBe("ada");
});

test("to ask who asked does not read a context before its time", async () => {
  const { flags } = openShop(shopWith({ "new-checkout": ruled(toAda) }));
  let user = "nobody";
  const scope = await flags.open(() => ({ targetingKey: user }));
  expect(targetingKeyOf(scope)).toBeUndefined();
  user = "ada";
  expect(scope.get("new-checkout")).toBe(true);
  expect(targetingKeyOf(scope)).toBe("ada");
});

test("an object that is no scope has neither", () => {
  expect(revisionOf({})).toBeUndefined();
  expect(targetingKeyOf({})).toBeUndefined();
});
