import {
  type ClientFlagKey,
  type ContextFreeKey,
  createFlags,
  type Definition,
  type Definitions,
  defineFlags,
  type FlagKey,
  type FlagScope,
  type FlagValue,
  type VariantName,
} from "@burgee/core";
import { expectTypeOf, test } from "vitest";

const server = defineFlags({
  "new-checkout": { default: false, owner: "payments", expires: "2027-02-01" },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
});
const client = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], kind: "experiment" },
});
const source = { subscribe: () => () => {} };
const flags = createFlags({ ...server, ...client }, { source, client });

declare module "@burgee/core" {
  interface Register {
    flags: typeof flags;
  }
}

test("keys, values and variant names come from the definitions", () => {
  expectTypeOf<FlagKey>().toEqualTypeOf<"new-checkout" | "page-size" | "search-ranking">();
  expectTypeOf<FlagValue<"new-checkout">>().toEqualTypeOf<boolean>();
  expectTypeOf<FlagValue<"page-size">>().toEqualTypeOf<10 | 50>();
  expectTypeOf<FlagValue<"search-ranking">>().toEqualTypeOf<"bm25" | "hybrid">();
  expectTypeOf<VariantName<"new-checkout">>().toEqualTypeOf<"on" | "off">();
  expectTypeOf<VariantName<"page-size">>().toEqualTypeOf<"small" | "large">();
});

test("a browser's keys are those of the client option", () => {
  expectTypeOf<ClientFlagKey>().toEqualTypeOf<"search-ranking">();
});

test("a scope of a Flags knows its own definitions", () => {
  const scope = flags.scope({ targetingKey: "user-1" });
  expectTypeOf(scope.get("page-size")).toEqualTypeOf<10 | 50>();
  expectTypeOf(scope.details("search-ranking").value).toEqualTypeOf<"bm25" | "hybrid">();
  // @ts-expect-error: no such flag
  scope.get("no-such-flag");
  // @ts-expect-error: no such variant
  scope.gate("search-ranking", "bm26");
});

test("a scope from elsewhere knows the registered definitions", () => {
  const scope = {} as FlagScope;
  expectTypeOf(scope.get("new-checkout")).toEqualTypeOf<boolean>();
  // @ts-expect-error: no such flag
  scope.get("no-such-flag");
});

test("a default that is none of the variants does not compile", () => {
  // @ts-expect-error: no such variant
  defineFlags({ a: { default: "c", variants: ["a", "b"] } });
  // @ts-expect-error: no such variant
  defineFlags({ a: { default: "c", variants: { a: 1, b: 2 } } });
  // @ts-expect-error: true and false name no variants where variants are given
  defineFlags({ a: { default: false, variants: { on: true, off: false } } });
  // @ts-expect-error: an on/off flag has on and off
  defineFlags({ a: { default: "bm25" } });
});

test("what a definition may say is typed", () => {
  const { a } = defineFlags({
    a: {
      default: "x",
      variants: ["x", "y"],
      kind: "permission",
      context: "none",
      requires: ["new-checkout"],
      onOutage: "default",
      maxStaleness: "24h",
    },
  });
  expectTypeOf(a.maxStaleness).toEqualTypeOf<number | undefined>();
  expectTypeOf(a.variants).toEqualTypeOf<{ readonly x: "x"; readonly y: "y" }>();
  defineFlags({ a: { default: false, maxStaleness: 500 } });
  // @ts-expect-error: no such kind
  defineFlags({ a: { default: false, kind: "beta" } });
  // @ts-expect-error: no such context
  defineFlags({ a: { default: false, context: "user" } });
  // @ts-expect-error: no such policy
  defineFlags({ a: { default: false, onOutage: "throw" } });
  // @ts-expect-error: a duration has a unit
  defineFlags({ a: { default: false, maxStaleness: "10" } });
  // @ts-expect-error: no such unit
  defineFlags({ a: { default: false, maxStaleness: "10w" } });
  // @ts-expect-error: keys stand in a list
  defineFlags({ a: { default: false, requires: "b" } });
});

test("a definition that needs no context says so in its type, through spreads and createFlags", () => {
  const banners = defineFlags({
    banner: { default: false, context: "none" },
    theme: { default: "plain", variants: ["plain", "festive"], context: "none" },
    asked: { default: false, context: "request" },
    unsaid: { default: false },
  });
  const { definitions } = createFlags({ ...server, ...banners }, { source });
  expectTypeOf<ContextFreeKey<typeof definitions>>().toEqualTypeOf<"banner" | "theme">();
  expectTypeOf<ContextFreeKey<typeof server>>().toEqualTypeOf<never>();
  expectTypeOf<ContextFreeKey<Definitions>>().toEqualTypeOf<string>();
  expectTypeOf(banners.banner.context).toEqualTypeOf<"none">();
  expectTypeOf(banners.unsaid).toEqualTypeOf<
    Definition<{ readonly on: true; readonly off: false }>
  >();
  const scope = createFlags(banners, { source }).scope({});
  expectTypeOf(scope.get("theme")).toEqualTypeOf<"plain" | "festive">();
});

test("which of two contexts a definition has may not be known: then it may need one", () => {
  const context = "none" as "none" | "request";
  const unsure = defineFlags({ a: { default: false, context } });
  expectTypeOf<ContextFreeKey<typeof unsure>>().toEqualTypeOf<never>();
});

test("a pin takes the flag's own variants", () => {
  const options = { until: new Date(), reason: "errors rose" };
  expectTypeOf(() => flags.pin("search-ranking", "bm25", options)).returns.toEqualTypeOf<
    () => void
  >();
  // @ts-expect-error: no such variant
  expectTypeOf(() => flags.pin("search-ranking", "bm26", options));
  // @ts-expect-error: no such flag
  expectTypeOf(() => flags.pin("no-such-flag", "off", options));
  // @ts-expect-error: a pin has an end
  expectTypeOf(() => flags.pin("search-ranking", "bm25", { reason: "errors rose" }));
});

test("what a date brings has the flag's values", () => {
  const { value } = {} as ReturnType<typeof flags.evaluateAt<"page-size">>;
  expectTypeOf(value).toEqualTypeOf<10 | 50>();
  // @ts-expect-error: no such flag
  expectTypeOf(() => flags.evaluateAt(0, "no-such-flag", {}));
});

test("a misspelt field does not compile", () => {
  // @ts-expect-error: expires
  defineFlags({ a: { default: false, expries: "2027-02-01" } });
  // @ts-expect-error: maxStaleness
  defineFlags({ a: { default: false, maxStalenes: "10m" } });
});
