import { createFlags, defineFlags, type FlagSet } from "@burgee/core";
import { memoryStore } from "@burgee/stores/memory";

export const clientFlags = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});

export const definitions = defineFlags({
  "new-checkout": { default: false },
  banner: { default: "none", variants: ["none", "sale"], context: "none" },
});

/** A flag set in which the new checkout is for Ada. */
export function flagSet(banner = "none"): FlagSet {
  return {
    flags: {
      "new-checkout": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "off",
        targeting: { if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "on"] },
      },
      "search-ranking": {
        state: "ENABLED",
        variants: { bm25: "bm25", hybrid: "hybrid" },
        defaultVariant: "bm25",
      },
      banner: {
        state: "ENABLED",
        variants: { none: "none", sale: "sale" },
        defaultVariant: banner,
      },
    },
  };
}

export const secret = "a secret that only this test has";

export function shopFlags(store = memoryStore(flagSet())) {
  return createFlags(
    { ...clientFlags, ...definitions },
    { source: store, client: clientFlags, secret },
  );
}
