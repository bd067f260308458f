import type { FlagSet } from "../flag-set.js";
import { isRecord, type JsonValue, ownValue, pointerToken } from "../json.js";

/** A name that a rule uses, and its place in the document. */
interface Use {
  readonly name: string;
  readonly pointer: string;
}

/** A name that a rule uses in vain. */
export interface UnknownName {
  /** Where it stands: an RFC 6901 JSON pointer into the document. */
  readonly pointer: string;
  /** What is wrong there. */
  readonly message: string;
}

/**
 * What the rules of a flag set name in vain: variants their flag does not have, and shared rules
 * that are not there or refer to themselves.
 */
export function unknownNames({ flags, $evaluators = {} }: FlagSet): readonly UnknownName[] {
  const faults: UnknownName[] = [];
  const fault = (pointer: string, message: string) => faults.push({ pointer, message });
  const checkRefs = (rule: JsonValue, pointer: string) => {
    for (const ref of refsIn(rule, pointer)) {
      if (Object.hasOwn($evaluators, ref.name)) continue;
      fault(ref.pointer, `no segment is named ${JSON.stringify(ref.name)}`);
    }
  };
  for (const [name, rule] of Object.entries($evaluators)) {
    const pointer = `/$evaluators${pointerToken(name)}`;
    checkRefs(rule, pointer);
    if (reaches($evaluators, rule, name)) fault(pointer, "refers to itself");
  }
  for (const [key, { variants, defaultVariant, targeting = null }] of Object.entries(flags)) {
    const pointer = `/flags${pointerToken(key)}`;
    checkRefs(targeting, `${pointer}/targeting`);
    const used = [...variantsIn(targeting, `${pointer}/targeting`)];
    if (defaultVariant) used.push({ name: defaultVariant, pointer: `${pointer}/defaultVariant` });
    for (const variant of used) {
      if (Object.hasOwn(variants, variant.name)) continue;
      const names = Object.keys(variants).join(", ");
      fault(variant.pointer, `${JSON.stringify(variant.name)} is no variant (${names})`);
    }
  }
  return faults;
}

/** Where a rule gives a variant: after a condition, as an alternative, in a bucket. */
function* variantsIn(rule: JsonValue, pointer: string): Iterable<Use> {
  if (typeof rule === "string") yield { name: rule, pointer };
  if (!isRecord(rule)) return;
  for (const [operator, args] of Object.entries(rule)) {
    if (!Array.isArray(args)) continue;
    for (const [index, arg] of (args as readonly JsonValue[]).entries()) {
      const place = `${pointer}${pointerToken(operator)}${pointerToken(index)}`;
      const then = operator === "if" && (index % 2 === 1 || index === args.length - 1);
      if (then || operator === "or") yield* variantsIn(arg, place);
      if (operator === "fractional" && Array.isArray(arg)) yield* variantsIn(arg[0], `${place}/0`);
    }
  }
}

function* refsIn(rule: JsonValue, pointer: string): Iterable<Use> {
  if (typeof rule !== "object" || rule === null) return;
  for (const [token, inside] of Object.entries<JsonValue>(rule as Record<string, JsonValue>)) {
    if (token === "$ref") yield { name: String(inside), pointer };
    else yield* refsIn(inside, `${pointer}${pointerToken(token)}`);
  }
}

function reaches(
  shared: Readonly<Record<string, JsonValue>>,
  rule: JsonValue,
  goal: string,
  seen = new Set<string>(),
): boolean {
  return [...refsIn(rule, "")].some(({ name }) => {
    if (name === goal) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return reaches(shared, (ownValue(shared, name) ?? null) as JsonValue, goal, seen);
  });
}
