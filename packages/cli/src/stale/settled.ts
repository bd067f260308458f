import { createRuleset, type FlagDefinition, type FlagSet, readHold } from "@burgee/core";
import { CODE_DEFAULT, sharesOf } from "../blast-radius.js";
import { partsOf } from "../checks/parts.js";
import type { Population } from "../population.js";

/**
 * The variant that everybody has of a flag, if that is so: one at 100 %, and not for the time being. Made-up
 * users have no attributes, so that they say nothing of a rule with conditions.
 *
 * @param at milliseconds since the epoch
 */
export function settledOn(
  key: string,
  flag: FlagDefinition,
  flagSet: FlagSet,
  population: Population,
  at: number,
): string | undefined {
  if (flag.state === "DISABLED" || readHold(flag) !== undefined) return undefined;
  if (hasConditions(flag) && !population.real) return undefined;
  const [[variant] = [CODE_DEFAULT], ...others] = sharesOf(key, flagSet, population, at);
  if (others.length > 0 || variant === CODE_DEFAULT) return undefined;
  return waitsForTime(key, flag, flagSet, at) ? undefined : variant;
}

/** Whether time itself has decided a flag otherwise, after one moment and up to another. */
export function movedByTime(
  key: string,
  flag: FlagDefinition,
  flagSet: FlagSet,
  from: number,
  to: number,
): boolean {
  const ruleset = rulesetOf(key, flag, flagSet, to);
  return ruleset.changesBetween(from, to).includes(key);
}

/** Whether time alone will yet decide it otherwise, as a release does that still grows. */
export function waitsForTime(
  key: string,
  flag: FlagDefinition,
  flagSet: FlagSet,
  at: number,
): boolean {
  return rulesetOf(key, flag, flagSet, at).nextChange(at) !== undefined;
}

/** Speaks for this flag alone. */
function rulesetOf(key: string, flag: FlagDefinition, flagSet: FlagSet, at: number) {
  const ruleset = createRuleset({ ...flagSet, flags: { [key]: flag } });
  ruleset.evaluate<unknown>(key, undefined, {}, at);
  return ruleset;
}

/** Operators that ask who somebody is, save those that say by what a split is made. */
const ASKING = ["var", "missing", "missing_some", "$ref"];

function hasConditions({ targeting = null }: FlagDefinition): boolean {
  const asking: string[] = [];
  const units: string[] = [];
  for (const { operator, argument, pointer } of partsOf(targeting, "")) {
    const [name] = [argument].flat();
    const isClock = operator === "var" && `${name}`.startsWith("$flagd.");
    if (operator === "fractional") units.push(`${pointer}/0`);
    else if (ASKING.includes(operator) && !isClock) asking.push(pointer);
  }
  return asking.some((pointer) => !units.some((unit) => pointer.startsWith(`${unit}/`)));
}
