import { byVariant, flagMiddleware, flagRouter, requireFlag } from "@burgee/express";
import type { Request, RequestHandler } from "express";
import { expectTypeOf, test } from "vitest";
import { openShop } from "./shop.js";

const handler: RequestHandler = () => {};

test("req.flags knows the registered flags", () => {
  const { flags } = {} as Request;
  expectTypeOf(flags.get("new-checkout")).toEqualTypeOf<boolean>();
  expectTypeOf(flags.get("search-ranking")).toEqualTypeOf<"bm25" | "hybrid">();
  expectTypeOf(flags.get("page-size")).toEqualTypeOf<10 | 50>();
  // @ts-expect-error: no such flag
  flags.get("no-such-flag");
});

test("requireFlag takes a registered key, and variants of that flag", () => {
  requireFlag("new-checkout");
  requireFlag("new-checkout", { otherwise: 403 });
  requireFlag("new-checkout", { is: "off", otherwise: handler });
  requireFlag("search-ranking", { is: "hybrid" });
  requireFlag("new-checkout", { otherwise: { redirect: "/" } });
  // @ts-expect-error: a redirect leads somewhere
  requireFlag("new-checkout", { otherwise: {} });
  requireFlag("search-ranking", { is: ["bm25", "hybrid"] });
  // @ts-expect-error: no such flag
  requireFlag("no-such-flag");
  // @ts-expect-error: no such variant
  requireFlag("search-ranking", { is: "bm26" });
  // @ts-expect-error: no such variant
  requireFlag("new-checkout", { is: "maybe" });
});

test("requireFlag needs `is` for a flag that is not on/off", () => {
  // @ts-expect-error: which variants open it?
  requireFlag("search-ranking");
  // @ts-expect-error: which variants open it?
  requireFlag("page-size", { otherwise: 403 });
});

test("byVariant needs a handler for each variant, and no other", () => {
  byVariant("search-ranking", { bm25: handler, hybrid: handler });
  // @ts-expect-error: no such flag
  byVariant("no-such-flag", {});
  // @ts-expect-error: hybrid is missing
  byVariant("search-ranking", { bm25: handler });
  // @ts-expect-error: no such variant
  byVariant("search-ranking", { bm25: handler, hybrid: handler, bm26: handler });
});

test("flagRouter's options are given Express's request, and flagMiddleware's say what they are", () => {
  const { flags } = openShop();
  flagRouter(flags, {
    authorize: async (request) => {
      expectTypeOf(request).toEqualTypeOf<Request>();
      return request.get("x-user") !== undefined;
    },
    rateLimit: { limit: 10 },
  });
  flagMiddleware(flags, { overrides: false, visitor: { name: "visitor", maxAge: "30d" } });
  // @ts-expect-error: a rate is counted in a window, or not at all
  flagRouter(flags, { rateLimit: true });
  // @ts-expect-error: a cookie is named by a text
  flagMiddleware(flags, { visitor: 7 });
});

test("the context function is given Express's request", () => {
  const { flags } = openShop();
  flagMiddleware(flags, {
    context: (request) => {
      expectTypeOf(request).toEqualTypeOf<Request>();
      return { targetingKey: request.get("x-user") };
    },
  });
  flagMiddleware(flags, { context: async (request) => ({ targetingKey: request.get("x-user") }) });
  // @ts-expect-error: a context is an object
  flagMiddleware(flags, { context: () => "user-1" });
});
