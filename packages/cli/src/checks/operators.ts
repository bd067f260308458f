import { createRuleset, type FlagSet } from "@burgee/core";
import { freeOfHolds } from "../free-of-holds.js";
import { type Finding, flagPointer } from "./finding.js";

/**
 * Rules that cannot be compiled: unknown operators, shared rules that are missing or circular. What is
 * under a hold counts, too: it decides once the flag is resumed.
 */
export function* checkOperators(flagSet: FlagSet): Iterable<Finding> {
  const free = Object.entries(flagSet.flags).map(
    ([key, flag]) => [key, freeOfHolds(flag)] as const,
  );
  const resumed = { ...flagSet, flags: Object.fromEntries(free) };
  const rulesets = [flagSet, resumed].map((each) => createRuleset(each));
  for (const key of Object.keys(flagSet.flags)) {
    const answers = rulesets.map((ruleset) => ruleset.evaluate(key, undefined, {}));
    const fault = answers.find(({ errorCode }) => errorCode === "PARSE_ERROR");
    if (fault === undefined) continue;
    yield {
      check: "operators",
      severity: "error",
      flag: key,
      pointer: `${flagPointer(key)}/targeting`,
      message: `the rule cannot be compiled: ${fault.errorMessage ?? ""}`,
    };
  }
}
