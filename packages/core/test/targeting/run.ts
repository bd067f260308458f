import type { EvaluationContext, JsonValue } from "@burgee/core";
import { expect, test } from "vitest";
import { contextOf } from "../../src/context.js";
import { compile } from "../../src/targeting/compile.js";
import { Assignment, frameAt, plain } from "../../src/targeting/operator.js";
import type { RuleHost } from "../../src/targeting/site.js";

/** What a rule gives for a context, and the split that it notes. */
export function run(
  rule: JsonValue,
  context: EvaluationContext = {},
  { now = 0, ...host }: Partial<RuleHost> & { readonly now?: number } = {},
) {
  const frame = frameAt(now);
  const whole = { flagKey: "flag", evaluators: {}, defaultVariant: undefined, ...host };
  const result = compile(rule, whole).run(contextOf(context), frame);
  return { value: plain(result), split: result instanceof Assignment ? result.split : undefined };
}

/** A context for tables of cases. */
export const context = {
  plan: "pro",
  visits: 7,
  zero: 0,
  nothing: null,
  "": "empty",
  roles: ["admin", "editor"],
  address: { country: "NL", lines: ["Quay 1"] },
};

/** A test for each row: what a rule gives for {@link context}. */
export function cases(table: readonly (readonly [rule: JsonValue, expected: unknown])[]): void {
  test.each(table)("%j gives %j", (rule, expected) => {
    expect(run(rule, context).value).toEqual(expected);
  });
}
