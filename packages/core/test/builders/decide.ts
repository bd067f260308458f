import {
  type Condition,
  createRuleset,
  type EvaluationContext,
  type JsonValue,
  when,
} from "@burgee/core";

const names = ["on", "off", "a", "b", "none"];

interface Circumstances {
  readonly flagKey?: string;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  readonly segments?: Readonly<Record<string, Condition>>;
}

/** What a rule comes to in a flag that has the variant "none" by default. */
export function decide(
  targeting: JsonValue,
  context: EvaluationContext = {},
  { flagKey = "flag", now = 0, segments = {} }: Circumstances = {},
) {
  return evaluator(targeting, { flagKey, segments })(context, now);
}

/** {@link decide} for many contexts and times: the rule is compiled once. */
export function evaluator(
  targeting: JsonValue,
  { flagKey = "flag", segments = {} }: Omit<Circumstances, "now"> = {},
) {
  const variants = Object.fromEntries(names.map((name) => [name, name]));
  const flag = { state: "ENABLED", variants, defaultVariant: "none", targeting } as const;
  const ruleset = createRuleset({ flags: { [flagKey]: flag }, $evaluators: segments });
  return (context: EvaluationContext, now = 0) => {
    const { variant, split, errorMessage } = ruleset.evaluate(flagKey, "", context, now);
    return { variant: variant ?? errorMessage, share: split?.share };
  };
}

/** Whether a condition holds. */
export function holds(
  condition: Condition,
  context: EvaluationContext = {},
  circumstances: Circumstances = {},
): boolean {
  const { variant } = decide(when(condition, "on"), context, circumstances);
  if (variant === "on" || variant === "none") return variant === "on";
  throw new Error(variant);
}
