import { createFlags, defineFlags } from "@burgee/core";
import { createNextFlags } from "@burgee/next";
import { fileStore } from "@burgee/stores/file";

const definitions = defineFlags({
  "new-offers": { default: false },
  "opening-hours": { default: "usual", variants: ["usual", "holidays"], context: "none" },
});

export const shop = createNextFlags(
  "shop",
  () => createFlags(definitions, { source: fileStore(process.env.FLAGS ?? "flags.json") }),
  { context: ({ cookie }) => ({ targetingKey: cookie("user") }) },
);
