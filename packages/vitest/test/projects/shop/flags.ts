import { createFlags, defineFlags } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";

export const definitions = defineFlags({
  "new-checkout": { default: false, owner: "payments" },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "gift-cards": { default: false },
});

/** The new checkout has been on for everybody for a year. */
export const flags = createFlags(definitions, {
  source: memoryStore({
    flags: {
      "new-checkout": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "on",
      },
      "search-ranking": {
        state: "ENABLED",
        variants: { bm25: "bm25", hybrid: "hybrid" },
        defaultVariant: "bm25",
      },
      "gift-cards": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "off",
      },
    },
  }),
});
