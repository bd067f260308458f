import type { JsonValue } from "@burgee/core";
import { isSplit } from "./split.js";

/** The place in a rule that decides for whoever no condition before it has decided for. */
export interface Fallthrough {
  /** What decides there now; null if nothing does. */
  readonly rule: JsonValue;
  /** The whole rule, with another one in that place. */
  replacedBy(rule: JsonValue): JsonValue;
}

/**
 * Finds the place in a rule: all of it, or what follows its conditions.
 *
 * @returns undefined for a rule of which nobody can tell, such as one that is shared
 */
export function fallthroughOf(rule: JsonValue): Fallthrough | undefined {
  if (rule === null || typeof rule === "string" || isSplit(rule)) {
    return { rule, replacedBy: (other) => other };
  }
  if (typeof rule !== "object") return undefined;
  const [[operator, args] = ["", null], ...others] = Object.entries(rule);
  if (operator === "") return { rule: null, replacedBy: (other) => other };
  if (others.length > 0 || !Array.isArray(args) || args.length === 0) return undefined;
  if (operator === "or") return lastOf(operator, args);
  if (operator !== "if" && operator !== "?:") return undefined;
  if (args.length % 2 === 1) return lastOf(operator, args);
  // A branch that may give nobody a variant, such as a split, leaves them to what follows.
  const decides = args.every((arg, index) => index % 2 === 0 || typeof arg === "string");
  return {
    rule: null,
    replacedBy: (other) => (decides ? { [operator]: [...args, other] } : { or: [rule, other] }),
  };
}

function lastOf(operator: string, args: readonly JsonValue[]): Fallthrough | undefined {
  const inside = fallthroughOf(args.at(-1) as JsonValue);
  return (
    inside && {
      rule: inside.rule,
      replacedBy: (other) => ({ [operator]: [...args.slice(0, -1), inside.replacedBy(other)] }),
    }
  );
}
