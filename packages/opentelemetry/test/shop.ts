import { createFlags, defineFlags, type FlagDefinition, type Flags } from "@burgee/core";
import { type EvaluationEventOptions, flagTelemetry } from "@burgee/opentelemetry";
import { memoryStore } from "@burgee/stores/memory";
import { onTestFinished } from "vitest";

/** The flags of the applications under test. */
export const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
  "late-fees": { default: false },
});

declare module "@burgee/core" {
  interface Register {
    shop: typeof definitions;
  }
}

/** An on/off flag of the document. */
export function onOff(defaultVariant: "on" | "off", more: object = {}): FlagDefinition {
  return { state: "ENABLED", variants: { on: true, off: false }, defaultVariant, ...more };
}

/** The search is hybrid for all. */
export const rankings: FlagDefinition = {
  state: "ENABLED",
  variants: { bm25: "bm25", hybrid: "hybrid" },
  defaultVariant: "hybrid",
};

/** The checkout is new for all who are in the "new" group; the late fees are on. */
const document: Record<string, FlagDefinition> = {
  "new-checkout": onOff("off", { targeting: { if: [{ "==": [{ var: "group" }, "new"] }, "on"] } }),
  "search-ranking": rankings,
  "late-fees": onOff("on"),
};

/** Real flags, without telemetry. */
export function openShop(flagSet: Record<string, FlagDefinition> = document): Flags {
  const flags = createFlags(definitions, { source: memoryStore({ flags: flagSet }) });
  flags.observe({ problem: () => {} });
  onTestFinished(() => flags.close());
  return flags;
}

/** Real flags that tell OpenTelemetry what is read. */
export function openTracedShop(
  flagSet?: Record<string, FlagDefinition>,
  event: EvaluationEventOptions = {},
): Flags {
  const flags = openShop(flagSet);
  onTestFinished(flagTelemetry(flags, { event }));
  return flags;
}
