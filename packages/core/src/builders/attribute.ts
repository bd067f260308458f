import { BurgeeError } from "../errors.js";
import { parseVersion } from "../semver.js";
import { type Condition, condition } from "./condition.js";

/** How semantic versions may compare: `^` is "the same major", `~` "the same major and minor". */
export type VersionOperator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "^" | "~";

/**
 * What can be asked of an attribute. Where the attribute is missing, only `isNot` holds. Where no
 * comparison is possible (a word beside a number), the evaluation fails and serves the default.
 */
export interface Attribute {
  /** Holds for exactly this value, of this type: `"5"` is not `5`. */
  is(value: string | number | boolean): Condition;
  /** Holds for any other value, and where the attribute is missing. */
  isNot(value: string | number | boolean): Condition;
  /** Holds for each of these values. */
  isOneOf(values: readonly (string | number)[]): Condition;
  /** Holds for any value but null. */
  exists(): Condition;
  /** Holds for a text that begins so. */
  startsWith(text: string): Condition;
  /** Holds for a text that ends so. */
  endsWith(text: string): Condition;
  /** Holds for a text that has this part, and for a list that has this item. */
  contains(part: string): Condition;
  /** Holds for a number above this one. */
  greaterThan(number: number): Condition;
  /** Holds for this number and those above. */
  atLeast(number: number): Condition;
  /** Holds for a number below this one. */
  lessThan(number: number): Condition;
  /** Holds for this number and those below. */
  atMost(number: number): Condition;
  /** Holds for a semantic version that compares so: `version(">=", "2.1.0")`. */
  version(operator: VersionOperator, version: string): Condition;
}

/**
 * An attribute of the evaluation context, to make conditions of.
 *
 * @param path its name; a dot leads into an object: `"address.city"`
 * @throws BurgeeError `INVALID_RULE` for an empty path; and from its methods for a number that is
 * not finite or beyond 2^53 - 1, and for a text that is no version
 *
 * @example
 * ```ts
 * import { attr, when } from "@burgee/core";
 *
 * when(attr("plan").is("pro"), "on"); // {"if": [{"===": [{"var": "plan"}, "pro"]}, "on"]}
 * when(attr("address.city").isOneOf(["Gent", "Breda"]), "on");
 * when(attr("appVersion").version(">=", "2.1.0"), "on");
 * ```
 */
export function attr(path: string): Attribute {
  const value = variable(path);
  return Object.freeze<Attribute>({
    is: (wanted) => condition({ "===": [value, literal(wanted)] }),
    isNot: (unwanted) => condition({ "!==": [value, literal(unwanted)] }),
    isOneOf: (wanted) => condition({ in: [value, wanted.map(literal)] }),
    exists: () => condition({ "!==": [value, null] }),
    startsWith: (text) => condition({ starts_with: [value, literal(text)] }),
    endsWith: (text) => condition({ ends_with: [value, literal(text)] }),
    contains: (part) => condition({ in: [literal(part), value] }),
    greaterThan: (bound) => inequality(">", bound),
    atLeast: (bound) => inequality(">=", bound),
    lessThan: (bound) => inequality("<", bound),
    atMost: (bound) => inequality("<=", bound),
    version: (operator, wanted) => condition({ sem_ver: [value, operator, version(wanted)] }),
  });

  function literal<Value extends string | number | boolean>(given: Value): Value {
    if (typeof given === "string" || typeof given === "boolean") return given;
    if (typeof given === "number" && Math.abs(given) <= Number.MAX_SAFE_INTEGER) return given;
    throw invalid(`attr(${JSON.stringify(path)}) cannot be compared with ${String(given)}.`);
  }

  /**
   * In most engines a missing attribute counts as 0. Where 0 would meet the comparison, it is
   * given a value that just does not.
   */
  function inequality(operator: "<" | "<=" | ">" | ">=", bound: number): Condition {
    const limit = literal(bound);
    const met = { "<": 0 < limit, "<=": 0 <= limit, ">": 0 > limit, ">=": 0 >= limit };
    const unmet = { "<": limit, "<=": limit + 1, ">": limit, ">=": limit - 1 };
    const guarded = met[operator] ? { var: [path, unmet[operator]] } : value;
    return condition({ [operator]: [guarded, limit] });
  }

  function version(wanted: string): string {
    if (typeof wanted === "string" && parseVersion(wanted) !== undefined) return wanted;
    const given = JSON.stringify(wanted);
    throw invalid(`attr(${JSON.stringify(path)}): ${given} is no semantic version.`);
  }
}

/**
 * Reads an attribute in a rule.
 *
 * @throws BurgeeError `INVALID_RULE` for an empty path
 */
export function variable(path: string): { readonly var: string } {
  if (typeof path === "string" && path !== "") return { var: path };
  throw invalid(`An attribute needs a name, not ${JSON.stringify(path)}.`);
}

function invalid(what: string): BurgeeError {
  return new BurgeeError("INVALID_RULE", what);
}
