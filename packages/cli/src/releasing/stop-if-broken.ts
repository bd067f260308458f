import { createRuleset, type FlagSet } from "@burgee/core";
import { Failure } from "../failure.js";

/** @throws Failure `findings` if a flag's rule cannot be run */
export function stopIfBroken(key: string, flagSet: FlagSet): void {
  const { errorCode, errorMessage } = createRuleset(flagSet).evaluate(key, undefined, {});
  if (errorCode !== "PARSE_ERROR") return;
  const what = `The rule of ${key} cannot be compiled: ${errorMessage}; see \`burgee check\`.`;
  throw new Failure("findings", what);
}
