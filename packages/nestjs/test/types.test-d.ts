import type { Flags, FlagValue as FlagValueOf } from "@burgee/core";
import {
  FlagsModule,
  type FlagsRequest,
  type FlagsService,
  FlagValue,
  provideByVariant,
  RequireFlag,
  RequireFlagGuard,
  type RpcInput,
} from "@burgee/nestjs";
import { NotFoundException } from "@nestjs/common";
import { expectTypeOf, test } from "vitest";
import type { definitions } from "./shop.js";

test("RequireFlag takes a registered key, and variants of that flag", () => {
  RequireFlag("new-checkout");
  RequireFlag("new-checkout", { otherwise: 403, onUnknown: 503, name: "billing" });
  RequireFlag("new-checkout", { is: "off", otherwise: () => new NotFoundException() });
  RequireFlag("search-ranking", { is: "hybrid" });
  RequireFlag("search-ranking", { is: ["bm25", "hybrid"] });
  new RequireFlagGuard("search-ranking", { is: "hybrid" });
  // @ts-expect-error: no such flag
  RequireFlag("no-such-flag");
  // @ts-expect-error: no such variant
  RequireFlag("search-ranking", { is: "bm26" });
  // @ts-expect-error: no such variant
  RequireFlag("new-checkout", { is: "maybe" });
  // @ts-expect-error: no such variant
  new RequireFlagGuard("search-ranking", { is: "bm26" });
});

test("RequireFlag needs `is` for a flag that is not on/off", () => {
  // @ts-expect-error: which variants open it?
  RequireFlag("search-ranking");
  // @ts-expect-error: which variants open it?
  RequireFlag("page-size", { otherwise: 403 });
  // @ts-expect-error: which variants open it?
  new RequireFlagGuard("search-ranking");
});

test("FlagValue takes a registered key", () => {
  FlagValue("page-size");
  FlagValue("page-size", { name: "billing" });
  // @ts-expect-error: no such flag
  FlagValue("no-such-flag");
  expectTypeOf<FlagValueOf<"page-size">>().toEqualTypeOf<10 | 50>();
});

test("FlagsService knows the registered flags", () => {
  const flags = {} as FlagsService;
  expectTypeOf(flags.get("new-checkout")).toEqualTypeOf<boolean>();
  expectTypeOf(flags.get("search-ranking")).toEqualTypeOf<"bm25" | "hybrid">();
  expectTypeOf(flags.details("page-size").value).toEqualTypeOf<10 | 50>();
  expectTypeOf(flags.choose("search-ranking", { bm25: 1, hybrid: 2 })).toEqualTypeOf<
    number | undefined
  >();
  // @ts-expect-error: no such flag
  flags.get("no-such-flag");
  // @ts-expect-error: hybrid is missing
  flags.choose("search-ranking", { bm25: 1 });
  // @ts-expect-error: no such variant
  flags.choose("search-ranking", { bm25: 1, hybrid: 2, bm26: 3 });
});

test("provideByVariant needs a provider for each variant, and no other", () => {
  provideByVariant("search", "search-ranking", { bm25: "words", hybrid: "meaning" });
  // @ts-expect-error: hybrid is missing
  provideByVariant("search", "search-ranking", { bm25: "words" });
  // @ts-expect-error: no such flag
  provideByVariant("search", "no-such-flag", {});
});

test("the context function is given what it says, or what requests have in common", () => {
  const flags = {} as Flags<typeof definitions>;
  FlagsModule.forRoot(flags);
  FlagsModule.forRoot({
    flags,
    context: (request) => {
      expectTypeOf(request).toEqualTypeOf<FlagsRequest>();
      return { targetingKey: request.headers["x-user"] as string };
    },
  });
  FlagsModule.forRoot({
    flags,
    context: async ({ data }: RpcInput) => ({ targetingKey: `${data}` }),
  });
  FlagsModule.forRootAsync({
    inject: ["config"],
    useFactory: (secret: string) => ({ flags, context: () => ({ targetingKey: secret }) }),
  });
  FlagsModule.forRootAsync({ useFactory: async () => flags });
  // @ts-expect-error: a context is an object
  FlagsModule.forRoot({ flags, context: () => "user-1" });
  // @ts-expect-error: flags are missing
  FlagsModule.forRoot({ context: () => ({}) });
});
