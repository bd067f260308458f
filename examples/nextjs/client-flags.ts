import { defineFlags } from "@burgee/core";

/** The flags that browsers may have. */
export const clientFlags = defineFlags({
  "search-ranking": { default: "words", variants: ["words", "popular"], kind: "experiment" },
  "new-header": { default: false },
});
