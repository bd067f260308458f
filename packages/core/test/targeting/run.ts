import type { EvaluationContext, JsonValue } from "@burgee/core";
import { compile, type RuleHost } from "../../src/targeting/compile.js";
import type { Frame } from "../../src/targeting/operator.js";

/** What a rule gives for a context, and the split that it notes. */
export function run(
  rule: JsonValue,
  context: EvaluationContext = {},
  options: Partial<RuleHost & Pick<Frame, "flagKey" | "now">> = {},
) {
  const { evaluators = {}, defaultVariant, flagKey = "flag", now = 0 } = options;
  const frame: Frame = { flagKey, context, now, steps: 0, split: undefined };
  const value = compile(rule, { evaluators, defaultVariant })(frame);
  return { value, split: frame.split };
}
