import { createFlags, defineFlags, type Flags } from "@burgee/core";
import { createOfrepClient } from "@burgee/ofrep/client";
import { BurgeeProvider, openFeatureFlags } from "@burgee/openfeature/server";
import { BurgeeWebProvider } from "@burgee/openfeature/web";
import { memoryStore } from "@burgee/stores/memory";
import { InMemoryProvider, type Provider } from "@openfeature/server-sdk";
import type { Provider as WebProvider } from "@openfeature/web-sdk";
import { expectTypeOf, test } from "vitest";

const server = defineFlags({ "new-checkout": { default: false } });
const client = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
});
const definitions = { ...server, ...client };

test("a provider is made of any Flags", () => {
  const source = memoryStore();
  expectTypeOf(new BurgeeProvider(createFlags({}, { source }))).toExtend<Provider>();
  expectTypeOf(
    new BurgeeProvider(createFlags(definitions, { source, client })),
  ).toExtend<Provider>();
  new BurgeeProvider(openFeatureFlags(new InMemoryProvider(), definitions));
  new BurgeeProvider({} as Flags);
});

test("a page's provider is one of the web SDK's, not of the server's", () => {
  expectTypeOf(new BurgeeWebProvider(createOfrepClient({ url: "/flags" }))).toExtend<WebProvider>();
  expectTypeOf<BurgeeProvider>().not.toExtend<WebProvider>();
});

test("a provider's flags are typed by their definitions", async () => {
  const flags = openFeatureFlags(new InMemoryProvider(), definitions, { client });
  expectTypeOf(flags).toEqualTypeOf<Flags<typeof definitions, typeof client>>();
  const scope = await flags.open({});
  expectTypeOf(scope.get("new-checkout")).toEqualTypeOf<boolean>();
  expectTypeOf(scope.get("search-ranking")).toEqualTypeOf<"bm25" | "hybrid">();
  expectTypeOf(scope.get("page-size")).toEqualTypeOf<10 | 50>();
  // @ts-expect-error it is not defined
  scope.get("no-such-flag");
});

test("it takes no source, and nothing that only a source has", () => {
  const provider = new InMemoryProvider();
  // @ts-expect-error the provider is the source
  openFeatureFlags(provider, definitions, { source: memoryStore() });
  // @ts-expect-error a provider is asked for each scope
  openFeatureFlags(provider, definitions, { refresh: { maxAge: "10s" } });
  // @ts-expect-error a web provider decides for one page's visitor
  openFeatureFlags(new BurgeeWebProvider(createOfrepClient({ url: "/flags" })), definitions);
});
