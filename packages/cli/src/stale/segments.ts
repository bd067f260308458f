import type { FlagDefinition, FlagSet, JsonValue } from "@burgee/core";
import { partsOf } from "../checks/parts.js";

/** The names of the shared rules that decide a flag, through others, too. */
export function segmentsOf(
  { targeting = null }: FlagDefinition,
  { $evaluators = {} }: FlagSet,
): ReadonlySet<string> {
  const names = new Set(namesIn(targeting));
  for (const name of names) {
    const rule = Object.hasOwn($evaluators, name) ? $evaluators[name] : undefined;
    for (const other of namesIn(rule ?? null)) names.add(other);
  }
  return names;
}

function* namesIn(rule: JsonValue): Iterable<string> {
  for (const { operator, argument } of partsOf(rule, "")) {
    if (operator === "$ref" && typeof argument === "string") yield argument;
  }
}
