import { createRuleset, type FlagSet } from "@burgee/core";
import { type Finding, flagPointer } from "./finding.js";

/** Rules that cannot be compiled: unknown operators, shared rules that are missing or circular. */
export function* checkOperators(flagSet: FlagSet): Iterable<Finding> {
  const ruleset = createRuleset(flagSet);
  for (const key of Object.keys(flagSet.flags)) {
    const { errorCode, errorMessage = "" } = ruleset.evaluate(key, undefined, {});
    if (errorCode !== "PARSE_ERROR") continue;
    yield {
      check: "operators",
      severity: "error",
      flag: key,
      pointer: `${flagPointer(key)}/targeting`,
      message: `the rule cannot be compiled: ${errorMessage}`,
    };
  }
}
