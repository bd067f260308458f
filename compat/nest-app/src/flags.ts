import { attr, createFlags, defineFlags, flagSet, when } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";

export const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof definitions;
  }
}

const isPro = attr("plan").is("pro");

/** The shop's flags, and the store they follow: what is new is for the plan "pro". */
export function openFlags() {
  const store = memoryStore(
    flagSet(definitions, {
      "new-checkout": { targeting: when(isPro, "on") },
      "search-ranking": { targeting: when(isPro, "hybrid") },
    }),
  );
  return { store, flags: createFlags(definitions, { source: store }) };
}
