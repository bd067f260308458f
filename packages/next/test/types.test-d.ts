import { createNextFlags, type Group } from "@burgee/next";
import { withFlags } from "@burgee/next/proxy";
import { NextResponse } from "next/server.js";
import { expectTypeOf, test } from "vitest";
import { shopFlags } from "./shop.js";

const shop = createNextFlags("shop", () => shopFlags(), {
  context: ({ cookie, headers }) => ({ targetingKey: cookie("user"), plan: headers.get("x-plan") }),
  attach: (flags) => ({ count: Object.keys(flags.definitions).length }),
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof shop;
  }
}

test("a scope knows the flags, and what was attached has its type", async () => {
  const scope = await shop.getFlags();
  expectTypeOf(scope.get("new-checkout")).toEqualTypeOf<boolean>();
  expectTypeOf(scope.get("search-ranking")).toEqualTypeOf<"bm25" | "hybrid">();
  expectTypeOf(shop.attached.count).toEqualTypeOf<number>();
  // @ts-expect-error: no such flag
  scope.get("no-such-flag");
});

test("only a flag that needs no context is read without a request", () => {
  expectTypeOf(shop.getStaticFlag("banner")).toEqualTypeOf<Promise<"none" | "sale">>();
  // @ts-expect-error: it depends on who asks
  shop.getStaticFlag("new-checkout");
});

test("a group has the flags that it names", async () => {
  const group = shop.group("home", ["new-checkout", "banner"]);
  expectTypeOf(group).toExtend<Group<typeof shop.definitions, "new-checkout" | "banner">>();
  const page = await group.fromCode("code");
  expectTypeOf(page.get("banner")).toEqualTypeOf<"none" | "sale">();
  // @ts-expect-error: it is not of the group
  page.get("search-ranking");
  // @ts-expect-error: no such flag
  shop.group("home", ["no-such-flag"]);
  // @ts-expect-error: a text and a request are not the same
  shop.precompute(group, "request");
});

test("a proxy has the registered flags", () => {
  withFlags(shop, (request, scope) => {
    expectTypeOf(scope.get("new-checkout")).toEqualTypeOf<boolean>();
    return NextResponse.rewrite(new URL("/new", request.url));
  });
});
