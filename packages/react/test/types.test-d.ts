import { defineFlags } from "@burgee/core";
import {
  type FlagProps,
  type FlagsProviderProps,
  useFlag,
  useFlagDetails,
  useFlags,
} from "@burgee/react";
import { expectTypeOf, test } from "vitest";
import type { clientFlags } from "./page/app.js";

const serverFlags = defineFlags({ "new-pricing": { default: false } });

declare module "@burgee/core" {
  interface Register {
    server: {
      readonly definitions: typeof serverFlags & typeof clientFlags;
      readonly client: typeof clientFlags;
    };
  }
}

test("useFlag gives the value of a client flag", () => {
  expectTypeOf(useFlag<"search-ranking">).returns.toEqualTypeOf<"bm25" | "hybrid">();
  expectTypeOf(useFlag<"new-header">).returns.toEqualTypeOf<boolean>();
  expectTypeOf(useFlagDetails<"new-header">).returns.toHaveProperty("variant");
});

test("useFlag of a server flag's key, or of none, does not compile", () => {
  // @ts-expect-error: a server flag
  expectTypeOf(useFlag("new-pricing"));
  // @ts-expect-error: no such flag
  expectTypeOf(useFlagDetails("no-such-flag"));
});

test("Flag needs `is` for a flag that is not on/off, and only its variants", () => {
  expectTypeOf<{ name: "new-header" }>().toExtend<FlagProps<"new-header">>();
  expectTypeOf<{ name: "search-ranking" }>().not.toExtend<FlagProps<"search-ranking">>();
  expectTypeOf<{ name: "search-ranking"; is: "hybrid" }>().toExtend<FlagProps<"search-ranking">>();
  expectTypeOf<{ name: "search-ranking"; is: "bm26" }>().not.toExtend<
    FlagProps<"search-ranking">
  >();
});

test("useFlags gives the values of client flags, by their keys", () => {
  const values = useFlags(["search-ranking", "new-header"]);
  expectTypeOf(values).toEqualTypeOf<{
    readonly "search-ranking": "bm25" | "hybrid";
    readonly "new-header": boolean;
  }>();
  // @ts-expect-error: a server flag
  expectTypeOf(useFlags(["search-ranking", "new-pricing"]));
});

test("a provider's values are those of client flags, and take the place of a server", () => {
  expectTypeOf<{ values: { "search-ranking": "hybrid" } }>().toExtend<FlagsProviderProps>();
  expectTypeOf<{ values: { "search-ranking": "bm26" } }>().not.toExtend<FlagsProviderProps>();
  expectTypeOf<{ values: { "new-header": "on" } }>().not.toExtend<FlagsProviderProps>();
  expectTypeOf<{
    url: "/flags";
    values: { "new-header": true };
  }>().not.toExtend<FlagsProviderProps>();
  expectTypeOf<{ context: { targetingKey: "ada" } }>().not.toExtend<FlagsProviderProps>();
});
