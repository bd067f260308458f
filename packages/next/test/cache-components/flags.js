import { createFlags, defineFlags } from "@burgee/core";
import { createMonitor } from "@burgee/monitor";
import { createNextFlags } from "@burgee/next";
import { flagTelemetry, traceIdOf } from "@burgee/opentelemetry";
import { fileStore } from "@burgee/stores/file";

const definitions = defineFlags({
  "new-offers": { default: false },
  "opening-hours": { default: "usual", variants: ["usual", "holidays"], context: "none" },
});

export const shop = createNextFlags(
  "shop",
  () => createFlags(definitions, { source: fileStore(process.env.FLAGS ?? "flags.json") }),
  {
    context: ({ cookie }) => ({ targetingKey: cookie("user") }),
    attach(flags) {
      flagTelemetry(flags);
      return { monitor: createMonitor(flags, { traceId: traceIdOf }) };
    },
  },
);
