import { BurgeeError } from "../errors.js";
import { frozenCopy, type JsonValue } from "../json.js";

declare const holds: unique symbol;

/** JsonLogic that holds or does not, for one context: plain, frozen JSON. */
export interface Condition {
  readonly [operator: string]: JsonValue;
  readonly [holds]: boolean;
}

/** Marks JsonLogic as a condition. */
export function condition(logic: JsonValue): Condition {
  return frozenCopy(logic) as Condition;
}

/**
 * Holds where every one of the conditions does.
 *
 * @throws BurgeeError `INVALID_RULE` without conditions
 *
 * @example
 * ```ts
 * import { all, attr } from "@burgee/core";
 *
 * all(attr("plan").is("pro"), attr("country").isOneOf(["BE", "NL"]));
 * ```
 */
export function all(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return joined("and", conditions);
}

/**
 * Holds where at least one of the conditions does.
 *
 * @throws BurgeeError `INVALID_RULE` without conditions
 *
 * @example
 * ```ts
 * import { any, attr, inSegment } from "@burgee/core";
 *
 * any(inSegment("isStaff"), attr("plan").is("pro"));
 * ```
 */
export function any(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return joined("or", conditions);
}

/**
 * Holds where the condition does not, and so also where an attribute it reads is missing.
 *
 * @example
 * ```ts
 * import { inSegment, not } from "@burgee/core";
 *
 * not(inSegment("isStaff"));
 * ```
 */
export function not(negated: Condition): Condition {
  return condition({ "!": [negated] });
}

/**
 * Holds where the shared condition of that name does: one of `flagSet`'s `segments`, written as
 * `{"$ref": name}`. `flagSet` throws if there is none of that name.
 *
 * @example
 * ```ts
 * import { inSegment, when } from "@burgee/core";
 *
 * when(inSegment("isStaff"), "on"); // {"if": [{"$ref": "isStaff"}, "on"]}
 * ```
 */
export function inSegment(name: string): Condition {
  return condition({ $ref: name });
}

function joined(operator: "and" | "or", conditions: readonly Condition[]): Condition {
  const [only, ...others] = conditions;
  if (only === undefined) {
    const name = operator === "and" ? "all" : "any";
    throw new BurgeeError("INVALID_RULE", `${name}() needs at least one condition.`);
  }
  if (others.length === 0) return only;
  const parts = conditions.flatMap((part) => (part[operator] as readonly Condition[]) ?? [part]);
  return condition({ [operator]: parts });
}
