import type { FlagScope } from "@burgee/core";
import { flagMatrix, flagTest, type TestOverrides, withFlags } from "@burgee/vitest";
import { FlagsTestingModule } from "@burgee/vitest/nestjs";
import type { RenderWithFlagsOptions } from "@burgee/vitest/react";
import { expect, expectTypeOf, test } from "vitest";
import type { definitions } from "./shop.js";

declare const scope: FlagScope;

test("withFlags takes registered keys and their variants, and gives what the work gives", () => {
  expectTypeOf(withFlags({ "search-ranking": "vector" }, () => 7)).toEqualTypeOf<number>();
  expectTypeOf(withFlags({}, async () => "a")).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error: no such flag
  withFlags({ "no-such-flag": "on" }, () => {});
  // @ts-expect-error: no such variant
  withFlags({ "search-ranking": "bm26" }, () => {});
  // @ts-expect-error: a value is no variant's name
  withFlags({ "new-checkout": true }, () => {});
  expectTypeOf<TestOverrides["new-checkout"]>().toEqualTypeOf<"on" | "off" | undefined>();
});

test("flagMatrix takes registered keys and their variants, and gives combinations of those it was given", () => {
  flagMatrix({ "search-ranking": ["bm25", "vector"], "new-checkout": ["on"] })("shop", (one) => {
    expectTypeOf(one).toEqualTypeOf<{
      readonly "search-ranking": "bm25" | "vector";
      readonly "new-checkout": "on";
    }>();
  });
  // @ts-expect-error: no such flag
  flagMatrix({ "no-such-flag": ["on"] });
  // @ts-expect-error: no such variant
  flagMatrix({ "search-ranking": ["bm25", "bm26"] });
});

test("flagTest takes registered keys and their variants, and gives fetch and an agent", () => {
  flagTest("ranks", { flags: { "search-ranking": "hybrid" }, timeout: 5 }, ({ fetch, agent }) => {
    expectTypeOf(fetch).toEqualTypeOf<typeof globalThis.fetch>();
    expectTypeOf(agent).toBeFunction();
  });
  // @ts-expect-error: no such flag
  flagTest("ranks", { flags: { "no-such-flag": "on" } }, () => {});
  // @ts-expect-error: no such variant
  flagTest("ranks", { flags: { "search-ranking": "bm26" } }, () => {});
});

test("the matchers take registered keys and their variants", () => {
  expect(scope).toHaveExposed("search-ranking", "hybrid");
  expect(scope).toHaveExposed("search-ranking");
  expect(scope).not.toBeServed("page-size", "large");
  // @ts-expect-error: no such flag
  expect(scope).toHaveExposed("no-such-flag");
  // @ts-expect-error: no such variant
  expect(scope).toHaveExposed("search-ranking", "bm26");
  // @ts-expect-error: no such variant
  expect(scope).toBeServed("page-size", "hybrid");
  // @ts-expect-error: a variant has to be named
  expect(scope).toBeServed("page-size");
});

test("so do the helpers for React and Nest", () => {
  expectTypeOf<RenderWithFlagsOptions["flags"]>().toEqualTypeOf<
    | {
        readonly [Key in keyof typeof definitions]?: keyof (typeof definitions)[Key]["variants"] &
          string;
      }
    | undefined
  >();
  FlagsTestingModule.with({ "search-ranking": "hybrid" });
  // @ts-expect-error: no such variant
  FlagsTestingModule.with({ "search-ranking": "bm26" });
});
