import * as core from "@burgee/core";
import { expect, test } from "vitest";
import { flagSet, openShop } from "./shop.js";

test("@burgee/core exports exactly these", () => {
  expect(Object.keys(core).sort()).toEqual([
    "BurgeeError",
    "after",
    "all",
    "any",
    "attr",
    "before",
    "changesBefore",
    "createFlags",
    "createRuleset",
    "defineFlags",
    "errorTable",
    "errorTypeOf",
    "flagSet",
    "flagSetFrom",
    "flagSetIn",
    "freezeRamp",
    "inSegment",
    "isOutage",
    "millisecondsOf",
    "not",
    "opensGate",
    "parseFlagSet",
    "percent",
    "progressive",
    "readHold",
    "resumeFlag",
    "revisionOf",
    "targetingKeyOf",
    "unknownNames",
    "when",
    "writeHold",
    "writeRule",
  ]);
});

test("without @burgee/core/ambient nothing is kept globally, and run works all the same", async () => {
  const { flags } = openShop(flagSet);
  expect(await flags.run({ plan: "pro" }, (scope) => scope.get("new-checkout"))).toBe(true);
  expect(Symbol.for("burgee.scope.v1") in globalThis).toBe(false);
});

test("@burgee/core/ambient exports exactly these", async () => {
  const ambient = await import("@burgee/core/ambient");
  expect(Object.keys(ambient).sort()).toEqual(["currentScope", "runInScope"]);
});

test("@burgee/core/signed exports exactly these", async () => {
  const signed = await import("@burgee/core/signed");
  expect(Object.keys(signed).sort()).toEqual([
    "acceptReport",
    "createPageCodes",
    "openFromHeaders",
    "readOverrides",
    "readReceipt",
    "signOverrides",
    "signReceipt",
    "visitorId",
  ]);
});

test("@burgee/core/harness exports exactly this", async () => {
  const { harness, ...rest } = await import("@burgee/core/harness");
  expect([harness, rest]).toEqual([{}, {}]);
});

test("@burgee/core/node exports exactly these", async () => {
  const node = await import("@burgee/core/node");
  expect(Object.keys(node).sort()).toEqual([
    "carryScope",
    "checkRequestOptions",
    "cookieIn",
    "openOnRequest",
    "scopeOn",
    "settleOnClose",
  ]);
});
