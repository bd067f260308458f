import { defineFlags } from "@burgee/core";

/** The flags this shop reads. */
export const definitions = defineFlags({
  "new-checkout": { default: false, owner: "payments", kind: "release" },
  "search-ranking": { default: "words", variants: ["words", "popular"], kind: "experiment" },
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof definitions;
  }
}
