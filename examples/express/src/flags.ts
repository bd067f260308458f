import { createFlags, defineFlags } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";

const definitions = defineFlags({
  "new-checkout": { default: false, owner: "payments", expires: "2027-02-01" },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], kind: "experiment" },
});

export const flags = createFlags(definitions, {
  source: fileStore(process.env["FLAGS"] ?? "flags.json"),
  client: { "search-ranking": definitions["search-ranking"] },
  secret: process.env["FLAG_SECRET"],
  environment: "development",
});

declare module "@burgee/core" {
  interface Register {
    example: typeof flags;
  }
}
