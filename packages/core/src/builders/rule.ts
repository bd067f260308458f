import { frozenCopy, type JsonValue } from "../json.js";
import type { Condition } from "./condition.js";

declare const gives: unique symbol;

/** A targeting rule that gives one of these variants, or none: plain, frozen JSON. */
export interface Rule<Variant extends string = string> {
  readonly [operator: string]: JsonValue;
  readonly [gives]: Variant;
}

/** Marks JsonLogic as a rule that gives these variants. */
export function rule<Variant extends string>(logic: JsonValue): Rule<Variant> {
  return frozenCopy(logic) as Rule<Variant>;
}

/**
 * Gives a variant where the condition holds: one by name, or what another rule gives.
 *
 * @example
 * ```ts
 * import { attr, inSegment, percent, when } from "@burgee/core";
 *
 * when(attr("plan").is("pro"), "on");
 * when(inSegment("beta"), percent({ on: 50 })); // half of the beta users
 * ```
 */
export function when<const Variant extends string>(
  holds: Condition,
  then: Variant | Rule<Variant>,
): Rule<Variant> {
  return rule({ if: [holds, then] });
}

/**
 * Writes rules that are tried in order as one: the first that gives a variant decides. Conditions
 * become one `if`; after a rule that may give none, such as a percentage, `or` tries the next.
 */
export function firstOf(first: JsonValue, ...others: readonly JsonValue[]): JsonValue {
  const [second, ...more] = others;
  if (second === undefined) return first;
  const next = firstOf(second, ...more);
  const branches = argumentsOf(first, "if");
  if (branches?.every((_, index) => onlyNames(branches, index))) {
    return { if: [...branches, ...(argumentsOf(next, "if") ?? [next])] };
  }
  return { or: [first, ...(argumentsOf(next, "or") ?? [next])] };
}

/** Whether an argument of `if` is a condition, or the name of a variant after one. */
function onlyNames(branches: readonly JsonValue[], index: number): boolean {
  return index % 2 === 0 ? index + 1 < branches.length : typeof branches[index] === "string";
}

function argumentsOf(logic: JsonValue, operator: "if" | "or"): readonly JsonValue[] | undefined {
  return (logic as { readonly [name: string]: readonly JsonValue[] })[operator];
}
