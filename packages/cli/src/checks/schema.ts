import { type FlagSet, parseFlagSet } from "@burgee/core";
import { type Finding, flagPointer, token } from "./finding.js";

/** What breaks the schema of the flag document and is served all the same, and fields nobody reads. */
export function* checkSchema(flagSet: FlagSet): Iterable<Finding> {
  for (const { pointer, message, severity } of parseFlagSet(flagSet).issues) {
    yield { check: "schema", severity, pointer, message };
  }
  yield* strangers(flagSet, documentFields, "");
  for (const [key, flag] of Object.entries(flagSet.flags)) {
    for (const found of strangers(flag, flagFields, flagPointer(key)))
      yield { ...found, flag: key };
  }
}

const documentFields = ["$schema", "flags", "$evaluators", "metadata"];
const flagFields = ["state", "variants", "defaultVariant", "targeting", "metadata"];

function* strangers(object: object, known: readonly string[], pointer: string): Iterable<Finding> {
  for (const name of Object.keys(object)) {
    if (known.includes(name) || name.startsWith("$comment")) continue;
    yield {
      check: "schema",
      severity: "warning",
      pointer: `${pointer}${token(name)}`,
      message: `is no field of the format, and nobody reads it; there are ${known.join(", ")}`,
    };
  }
}
