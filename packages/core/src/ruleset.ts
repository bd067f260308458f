import type { EvaluationContext } from "./context.js";
import { textOf } from "./errors.js";
import type { FlagDefinition, FlagMetadata, FlagSet } from "./flag-set.js";
import { frozenCopy, isRecord, type JsonValue, jsonType, ownValue, sameJson } from "./json.js";
import { compile } from "./targeting/compile.js";
import type { Closure, Frame, Split } from "./targeting/operator.js";

/** Why a value was served; OpenFeature's terms. */
export type Reason = "STATIC" | "TARGETING_MATCH" | "DEFAULT" | "DISABLED" | "STALE" | "ERROR";

/** Why an evaluation failed; OpenFeature's terms. */
export type EvaluationErrorCode =
  | "FLAG_NOT_FOUND"
  | "PARSE_ERROR"
  | "TYPE_MISMATCH"
  | "GENERAL"
  | "PROVIDER_NOT_READY";

/** A value, and how it came about. */
export interface EvaluationDetails<Value = JsonValue> {
  readonly value: Value;
  /** The variant's name; absent where the caller's default serves. */
  readonly variant?: string;
  readonly reason: Reason;
  readonly errorCode?: EvaluationErrorCode;
  readonly errorMessage?: string;
  /** The set's metadata, overlaid by the flag's. */
  readonly flagMetadata: FlagMetadata;
  /** The percentage split that decided the variant, if one did. */
  readonly split?: Split;
}

/** One revision of a flag set, compiled and immutable. */
export interface Ruleset {
  readonly flagSet: FlagSet;
  /**
   * Decides a flag for a context. Never throws: a failure serves the default, with its error code.
   *
   * @param defaultValue served where the flag set decides nothing; its type is the flag's
   * @param now milliseconds since the epoch, for rules that read the time. `@default Date.now()`
   */
  evaluate<Value = JsonValue>(
    key: string,
    defaultValue: Value,
    context: EvaluationContext,
    now?: number,
  ): EvaluationDetails<Value>;
  /** The keys of the flags that are not the same in another ruleset, or are in one of them only. */
  differences(other: Ruleset | undefined): readonly string[];
}

/**
 * Compiles a flag set. Each flag is compiled when it is first read, and a rule that cannot be
 * compiled is an error of its own flag alone.
 *
 * @example
 * ```ts
 * import { createRuleset } from "@burgee/core";
 *
 * const ruleset = createRuleset({
 *   flags: {
 *     "new-checkout": {
 *       state: "ENABLED",
 *       variants: { on: true, off: false },
 *       defaultVariant: "off",
 *       targeting: { if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] },
 *     },
 *   },
 * });
 * ruleset.evaluate("new-checkout", false, { plan: "pro" });
 * // { value: true, variant: "on", reason: "TARGETING_MATCH", flagMetadata: {} }
 * ```
 */
export function createRuleset(flagSet: FlagSet): Ruleset {
  const setMetadata = Object.freeze({ ...flagSet.metadata });
  const compiled = new Map<string, CompiledFlag>();

  function flagAt(key: string): CompiledFlag | undefined {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    if (!isRecord(flagSet.flags) || !Object.hasOwn(flagSet.flags, key)) return undefined;
    const flag = compileUnchecked(key, ownValue(flagSet.flags, key) as FlagDefinition, flagSet);
    compiled.set(key, flag);
    return flag;
  }

  return {
    flagSet,
    evaluate<Value>(
      key: string,
      defaultValue: Value,
      context: EvaluationContext,
      now = Date.now(),
    ): EvaluationDetails<Value> {
      const flag = flagAt(key);
      if (flag === undefined) {
        return failure(defaultValue, "FLAG_NOT_FOUND", "it is not in the flag set", setMetadata);
      }
      return flag(defaultValue, context, now) as EvaluationDetails<Value>;
    },
    differences: (other) => differences(flagSet, other?.flagSet ?? { flags: {} }),
  };
}

function differences(ours: FlagSet, theirs: FlagSet): readonly string[] {
  const sameEvaluators = sameJson(ours.$evaluators ?? {}, theirs.$evaluators ?? {});
  return Object.keys({ ...ours.flags, ...theirs.flags }).filter((key) => {
    const mine = ownValue(ours.flags, key) as FlagDefinition | undefined;
    return (
      !sameJson(mine, ownValue(theirs.flags, key)) || (!sameEvaluators && mine?.targeting != null)
    );
  });
}

type CompiledFlag = (
  defaultValue: unknown,
  context: EvaluationContext,
  now: number,
) => EvaluationDetails<unknown>;

/** A flag of a set that nobody has checked may be anything: then it is an error for itself alone. */
function compileUnchecked(key: string, definition: FlagDefinition, flagSet: FlagSet): CompiledFlag {
  try {
    return compileFlag(key, definition, flagSet);
  } catch (error) {
    return (value) => failure(value, "PARSE_ERROR", textOf(error), {});
  }
}

function compileFlag(key: string, definition: FlagDefinition, flagSet: FlagSet): CompiledFlag {
  const flagMetadata = Object.freeze({ ...flagSet.metadata, ...definition.metadata });
  if (definition.state === "DISABLED") {
    return (value) => ({ value, reason: "DISABLED", flagMetadata });
  }
  const variants = new Map(
    Object.entries(definition.variants).map(([name, value]) => [name, frozenCopy(value)]),
  );
  const defaultVariant = definition.defaultVariant || undefined;
  const unruled = (reason: Reason) => serving(defaultVariant, variants, reason, flagMetadata);

  const rule = definition.targeting;
  if (rule === undefined || rule === null || (isRecord(rule) && Object.keys(rule).length === 0)) {
    return unruled("STATIC");
  }
  let closure: Closure;
  try {
    closure = compile(rule, { evaluators: flagSet.$evaluators ?? {}, defaultVariant });
  } catch (error) {
    return (value) => failure(value, "PARSE_ERROR", textOf(error), flagMetadata);
  }

  const byDefault = unruled("DEFAULT");
  const byVariant = new Map(
    [...variants.keys()].map((name) => [
      name,
      serving(name, variants, "TARGETING_MATCH", flagMetadata),
    ]),
  );
  return (defaultValue, context, now) => {
    const frame: Frame = { flagKey: key, context, now, steps: 0, split: undefined };
    let result: unknown;
    try {
      result = closure(frame);
    } catch (error) {
      return failure(defaultValue, "GENERAL", `targeting failed: ${textOf(error)}`, flagMetadata);
    }
    const nothing = result === null || result === undefined;
    const serve = nothing ? byDefault : byVariant.get(textOf(result));
    if (serve === undefined) {
      const name = JSON.stringify(textOf(result));
      return failure(defaultValue, "GENERAL", `targeting gave no variant: ${name}`, flagMetadata);
    }
    const details = serve(defaultValue);
    const { split } = frame;
    return split === undefined || details.reason === "ERROR"
      ? details
      : Object.freeze({ ...details, split });
  };
}

/** Serves one variant, always with the same frozen details; the caller's default if there is none. */
function serving(
  variant: string | undefined,
  variants: ReadonlyMap<string, JsonValue>,
  reason: Reason,
  flagMetadata: FlagMetadata,
): (defaultValue: unknown) => EvaluationDetails<unknown> {
  if (variant === undefined) return (value) => ({ value, reason: "DEFAULT", flagMetadata });
  const details = Object.freeze({
    value: variants.get(variant) as JsonValue,
    variant,
    reason,
    flagMetadata,
  });
  const type = jsonType(details.value);
  return (value) => {
    const expected = jsonType(value);
    if (expected === type || value === undefined) return details;
    const message = `its value is of type ${type}, not ${expected}`;
    return failure(value, "TYPE_MISMATCH", message, flagMetadata);
  };
}

function failure<Value>(
  value: Value,
  errorCode: EvaluationErrorCode,
  errorMessage: string,
  flagMetadata: FlagMetadata,
): EvaluationDetails<Value> {
  return { value, reason: "ERROR", errorCode, errorMessage, flagMetadata };
}
