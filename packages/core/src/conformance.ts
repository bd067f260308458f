import type { Definition } from "./define.js";
import type { ErrorCode } from "./errors.js";
import type { FlagDefinition } from "./flag-set.js";
import { isRecord, jsonType, ownValue } from "./json.js";

/**
 * Compares flags of a flag set with their definitions, and reports where the two differ. What is
 * served stays as it is; flags that are not defined are another application's, and no difference.
 *
 * @param keys of the flags to look at
 * @param flags those that the flag set has
 * @param report told a flag's key, a code, and what follows the flag in a sentence
 */
export function checkConformance(
  definitions: ReadonlyMap<string, Definition>,
  keys: Iterable<string>,
  flags: Readonly<Record<string, FlagDefinition>>,
  report: (flag: string, code: ErrorCode, what: string) => void,
): void {
  for (const key of keys) {
    const definition = definitions.get(key);
    if (definition === undefined) continue;
    for (const [code, what] of differences(definition, ownValue(flags, key))) {
      report(key, code, what);
    }
  }
}

function* differences(
  { variants: declared, default: safe }: Definition,
  flag: unknown,
): Iterable<[code: ErrorCode, what: string]> {
  if (flag === undefined) {
    return yield ["FLAG_NOT_FOUND", "serves its default: it is not in the flag set"];
  }
  if (!isRecord(flag) || !isRecord(flag["variants"])) return; // an error of its own, when it is read
  const { variants, defaultVariant } = flag;
  const type = jsonType(declared[safe]);
  const strange = Object.keys(variants).filter((name) => jsonType(variants[name]) !== type);
  if (strange.length > 0) {
    yield ["TYPE_MISMATCH", `has variants of another type than ${type}: ${listOf(strange)}`];
  }
  const undeclared = Object.keys(variants).filter((name) => !Object.hasOwn(declared, name));
  if (undeclared.length > 0) {
    yield ["UNDECLARED_VARIANT", `has variants that its definition lacks: ${listOf(undeclared)}`];
  }
  const missing = Object.keys(declared).filter((name) => !Object.hasOwn(variants, name));
  if (missing.length > 0) {
    yield ["MISSING_VARIANT", `lacks variants that its definition has: ${listOf(missing)}`];
  }
  if (typeof defaultVariant !== "string" || defaultVariant === "") return;
  if (!Object.hasOwn(variants, defaultVariant)) {
    const what = `has a default variant that is none of its variants: ${listOf([defaultVariant])}`;
    yield ["GENERAL", what];
  }
}

function listOf(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
