import { anonymous } from "./context.js";
import { isRecord, type JsonValue, ownValue, sameJson } from "./json.js";
import { compile } from "./targeting/compile.js";
import { frameAt, plain } from "./targeting/operator.js";

/**
 * A rule with every weight that is computed from the time as the integer it is at one moment, so
 * that a rollout stays where it was: what a hold of kind `ramp` serves. Shared rules that
 * have such a weight are written out in place.
 *
 * @param evaluators the shared rules, by name
 * @param now milliseconds since the epoch
 * @throws SyntaxError if the rule cannot be compiled
 *
 * @example
 * ```ts
 * import { freezeRamp, type FlagDefinition, type FlagSet, writeHold } from "@burgee/core";
 *
 * export function holdRamp(flag: FlagDefinition, { $evaluators = {} }: FlagSet): FlagDefinition {
 *   return writeHold(flag, "ramp", freezeRamp(flag.targeting ?? null, $evaluators, Date.now()));
 * }
 * ```
 */
export function freezeRamp(
  rule: JsonValue,
  evaluators: Readonly<Record<string, JsonValue>>,
  now: number,
): JsonValue {
  const host = { flagKey: "", evaluators, defaultVariant: undefined };
  compile(rule, host);

  function frozen(part: JsonValue): JsonValue {
    if (Array.isArray(part)) return part.map(frozen);
    if (!isRecord(part)) return part;
    const [operator] = Object.keys(part);
    const argument = operator === undefined ? undefined : part[operator];
    if (operator === "$ref") {
      const shared = ownValue(evaluators, argument as string) as JsonValue;
      const inside = frozen(shared);
      return sameJson(inside, shared) ? part : inside;
    }
    if (operator === "fractional" && Array.isArray(argument)) {
      return { fractional: argument.map((bucket) => frozen(withFrozenWeight(bucket))) };
    }
    return operator === undefined ? part : { [operator]: frozen(argument as JsonValue) };
  }

  function withFrozenWeight(bucket: JsonValue): JsonValue {
    if (!Array.isArray(bucket) || bucket.length !== 2 || !isRecord(bucket[1])) return bucket;
    const { run, readsContext } = compile(bucket[1] as JsonValue, host);
    return readsContext ? bucket : [bucket[0], plain(run(anonymous, frameAt(now))) as JsonValue];
  }

  return frozen(rule);
}
