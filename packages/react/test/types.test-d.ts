import { defineFlags } from "@burgee/core";
import { type FlagProps, useFlag, useFlagDetails } from "@burgee/react";
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
