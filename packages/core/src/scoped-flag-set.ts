import type { Circumstances } from "./circumstances.js";
import type { EvaluationContext } from "./context.js";
import type { Definition } from "./define.js";
import type { ScopedFlagSet, UndefaultedDetails } from "./grounds.js";
import { frozenCopy, type JsonValue, ownValue } from "./json.js";
import type { Ruleset } from "./ruleset.js";

/** What a flag set decides by in one scope. */
interface Terms {
  readonly ruleset: Ruleset;
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly circumstances: Circumstances | undefined;
  readonly context: EvaluationContext;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A flag set for callers elsewhere: it decides flags that are not defined here, and has no defaults. */
export function createScopedFlagSet({
  ruleset,
  definitions,
  circumstances,
  context,
  now,
}: Terms): ScopedFlagSet {
  /** What is served in place of what the rules decide, as far as the set has it. */
  function served(key: string, details: UndefaultedDetails): UndefaultedDetails {
    const definition = definitions.get(key);
    const standIn = definition && circumstances?.standIn(key, definition);
    const flag = standIn && ruleset.flag(key);
    if (standIn === undefined || flag === undefined) return details;
    const { flagMetadata } = details;
    if (standIn.reason === "STALE") return { value: undefined, reason: "STALE", flagMetadata };
    const value = ownValue(flag.variants, standIn.variant);
    if (value === undefined) return { value, reason: "DEFAULT", flagMetadata };
    return { ...standIn, value: frozenCopy(value as JsonValue), flagMetadata };
  }

  return {
    get metadata() {
      return ruleset.flagSet.metadata ?? {};
    },
    evaluate: (key) =>
      served(key, ruleset.evaluate<JsonValue | undefined>(key, undefined, context, now)),
    evaluateAll() {
      const all = ruleset.evaluateAll(context, now);
      if (circumstances === undefined) return all;
      return new Map([...all].map(([key, details]) => [key, served(key, details)]));
    },
  };
}
