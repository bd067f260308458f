import { type Decide, decider } from "./decide.js";
import { failure, type Reason, type Serving, serve, servingOf } from "./details.js";
import { textOf } from "./errors.js";
import type { FlagDefinition, FlagMetadata } from "./flag-set.js";
import { isVariant, readHold } from "./hold.js";
import { isRecord, type JsonValue } from "./json.js";
import { type CompiledRule, compile } from "./targeting/compile.js";
import type { RuleHost } from "./targeting/site.js";

/** What the flags of a set share. */
export interface FlagSurroundings {
  readonly evaluators: Readonly<Record<string, JsonValue>>;
  readonly metadata: FlagMetadata;
}

/** A flag that is ready to be evaluated. */
export interface CompiledFlag {
  readonly decide: Decide;
  /** What serves always, if no rule has a say. */
  readonly serving: Serving | undefined;
  /** Its rule; undefined if it has none, or one that cannot be compiled. */
  readonly rule: CompiledRule | undefined;
}

/**
 * Compiles a flag. It may be anything, since nobody may have checked it: what cannot be compiled is
 * an error for itself alone.
 *
 * @param known its rule, where that was compiled before
 */
export function compileFlag(
  key: string,
  definition: FlagDefinition,
  surroundings: FlagSurroundings,
  known?: CompiledRule,
): CompiledFlag {
  let flagMetadata = surroundings.metadata;
  try {
    flagMetadata = Object.freeze({ ...flagMetadata, ...definition.metadata });
    const { state, variants } = definition;
    if (state !== "ENABLED" && state !== "DISABLED") throw new SyntaxError("it has no state");
    if (!isRecord(variants)) throw new SyntaxError("it has no variants");
    if (state === "DISABLED") {
      return unruled((value) => ({ value, reason: "DISABLED", flagMetadata }));
    }
    const rule = known ?? compileRule(key, definition, surroundings);
    if (rule !== undefined) {
      const byDefault = servingDefault(definition, "DEFAULT", flagMetadata);
      const decide = decider(rule, definition, byDefault, flagMetadata);
      return { decide, serving: undefined, rule };
    }
    const serving = servingDefault(definition, "STATIC", flagMetadata);
    if (serving !== undefined) return unruled((value) => serve(serving, value), serving);
    return unruled((value) => ({ value, reason: "DEFAULT", flagMetadata }));
  } catch (error) {
    const message = textOf(error);
    return unruled((value) => failure(value, "PARSE_ERROR", message, flagMetadata));
  }
}

function unruled(decide: Decide, serving?: Serving): CompiledFlag {
  return { decide, serving, rule: undefined };
}

/**
 * Compiles the rule that decides: of a held flag, what is held. Undefined if there is none.
 *
 * @throws SyntaxError that names the place
 */
export function compileRule(
  flagKey: string,
  definition: FlagDefinition,
  { evaluators }: FlagSurroundings,
  trace?: RuleHost["trace"],
): CompiledRule | undefined {
  const defaultVariant = defaultVariantOf(definition);
  const host: RuleHost = { flagKey, evaluators, defaultVariant, ...(trace && { trace }) };
  const hold = readHold(definition);
  if (hold !== undefined) return compile(hold.held, { ...host, splitsOf: hold.rule });
  const { targeting = null } = definition;
  if (targeting === null || (isRecord(targeting) && Object.keys(targeting).length === 0)) {
    return undefined;
  }
  return compile(targeting, host);
}

function defaultVariantOf({ defaultVariant }: FlagDefinition): string | undefined {
  return defaultVariant || undefined;
}

/** What serves the default variant, if there is one. */
function servingDefault(
  definition: FlagDefinition,
  reason: Reason,
  flagMetadata: FlagMetadata,
): Serving | undefined {
  const name = defaultVariantOf(definition);
  if (name === undefined) return undefined;
  if (!isVariant(name, definition)) throw new SyntaxError("its default variant is none of them");
  return servingOf(name, definition, reason, flagMetadata);
}
