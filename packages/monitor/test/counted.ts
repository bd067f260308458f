import { createFlags, defineFlags, type FlagDefinition, type Flags } from "@burgee/core";
import { createMonitor, type Monitor } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});

/** Real flags under a monitor. */
export interface Counted {
  readonly flags: Flags<typeof definitions>;
  readonly monitor: Monitor;
  /** A scope that reads the flags and ends. */
  work(unit: string, reads: readonly (keyof typeof definitions)[], error?: Error): void;
}

export function countedFlags(document: Record<string, FlagDefinition>): Counted {
  const flags = createFlags(definitions, { source: memoryStore({ flags: document }) });
  const monitor = createMonitor(flags);
  return {
    flags,
    monitor,
    work(unit, reads, error) {
      const scope = flags.scope({ targetingKey: unit });
      for (const key of reads) scope.get(key);
      if (error !== undefined) scope.fail(error);
      scope.settle();
    },
  };
}

/** A new checkout for some of the customers. */
export function newCheckout(on: number): Record<string, FlagDefinition> {
  return {
    "new-checkout": {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "off",
      targeting: {
        fractional: [
          ["on", on],
          ["off", 100 - on],
        ],
      },
    },
    "search-ranking": {
      state: "ENABLED",
      variants: { bm25: "bm25", hybrid: "hybrid" },
      defaultVariant: "bm25",
    },
  };
}
