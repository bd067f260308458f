import { createFlags, defineFlags, type FlagsOptions } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";
import { onTestFinished } from "vitest";

export const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid", "vector"], kind: "experiment" },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
  "card-payments": { default: true, kind: "ops" },
  "delete-account": { default: false, kind: "permission" },
});

declare module "@burgee/core" {
  interface Register {
    shop: { readonly definitions: typeof definitions; readonly client: typeof definitions };
  }
}

/** Where every flag serves its default. */
export const flagSet = {
  flags: Object.fromEntries(
    Object.entries(definitions).map(([key, { variants, default: defaultVariant }]) => {
      return [key, { state: "ENABLED" as const, variants, defaultVariant }];
    }),
  ),
};

/** The shop's flags, for as long as the test runs. */
export function openShop(options: Omit<FlagsOptions, "source" | "client"> = {}) {
  const flags = createFlags(definitions, { source: memoryStore(flagSet), ...options });
  onTestFinished(() => flags.close());
  return flags;
}
