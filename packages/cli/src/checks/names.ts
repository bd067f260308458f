import { type FlagSet, unknownNames } from "@burgee/core";
import type { Finding } from "./finding.js";

/** Variants that rules name and their flag does not have, and shared rules that are not there. */
export function* checkNames(flagSet: FlagSet): Iterable<Finding> {
  for (const { pointer, message } of unknownNames(flagSet)) {
    yield { check: "names", severity: "error", pointer, message };
  }
}
