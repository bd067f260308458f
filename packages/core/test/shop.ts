import {
  type BurgeeError,
  type Change,
  createFlags,
  defineFlags,
  type Exposure,
  type FlagDefinition,
  type FlagSet,
  type FlagsOptions,
  type JsonValue,
  type Settlement,
} from "@burgee/core";
import { sourceOf } from "./source-of.js";

export const definitions = defineFlags({
  "new-checkout": { default: false },
  "page-size": { default: "small", variants: { small: 10, large: 50 } },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});

/** An on/off flag with a rule. */
export function ruled(targeting: JsonValue): FlagDefinition {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting,
  };
}

/** "pro" gets the new checkout, "NL" the large pages; the search is hybrid for all. */
export const flagSet = {
  flags: {
    "new-checkout": ruled({ if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] }),
    "page-size": {
      state: "ENABLED",
      variants: { small: 10, large: 50 },
      defaultVariant: "small",
      targeting: { if: [{ "==": [{ var: "country" }, "NL"] }, "large"] },
    },
    "search-ranking": {
      state: "ENABLED",
      variants: { bm25: "bm25", hybrid: "hybrid" },
      defaultVariant: "hybrid",
    },
  },
} as const satisfies FlagSet;

/** The shop's flag set with other flags in it. */
export function shopWith(flags: Readonly<Record<string, FlagDefinition>>): FlagSet {
  return { flags: { ...flagSet.flags, ...flags } };
}

/** The shop's flags, their source, and what an observer of theirs was told. */
export function openShop(set?: FlagSet, options: Omit<FlagsOptions, "source"> = {}) {
  const source = sourceOf(set);
  const flags = createFlags(definitions, { source, ...options });
  const exposures: Exposure[] = [];
  const settlements: Settlement[] = [];
  const changes: Change[] = [];
  const problems: BurgeeError[] = [];
  flags.observe({
    exposure: (exposure) => exposures.push(exposure),
    settled: (settlement) => settlements.push(settlement),
    changed: (change) => changes.push(change),
    problem: (problem) => problems.push(problem),
  });
  return { flags, source, exposures, settlements, changes, problems };
}
