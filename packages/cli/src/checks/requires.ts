import type { FlagMetadata, FlagSet } from "@burgee/core";
import { refusalOf, unconfirmed } from "../migrations.js";
import { type Finding, flagPointer } from "./finding.js";

/**
 * Flags that need a database migration which nobody has confirmed.
 *
 * @param confirmed metadata that says which are: of the document, and of the store
 */
export function* checkRequires(flagSet: FlagSet, confirmed: FlagMetadata): Iterable<Finding> {
  for (const [key, flag] of Object.entries(flagSet.flags)) {
    const names = unconfirmed(flag, confirmed);
    if (names.length === 0) continue;
    yield {
      check: "requires",
      severity: "error",
      flag: key,
      pointer: `${flagPointer(key)}/metadata/requires`,
      message: refusalOf(key, names),
    };
  }
}
