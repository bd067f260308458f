import type { Definition } from "./define.js";
import { BurgeeError } from "./errors.js";

type DefinitionsByKey = ReadonlyMap<string, Definition>;

/**
 * Checks what flags require, once all of them are known: on/off flags that are defined, in no
 * circle, and of no more context than the flag itself.
 *
 * @throws BurgeeError `INVALID_DEFINITION`, naming every fault
 */
export function checkRequires(flags: DefinitionsByKey): void {
  const faults = [...flags].flatMap(([key, definition]) =>
    (definition.requires ?? []).flatMap((required) => {
      const fault = requirementFault(definition, flags.get(required));
      return fault === undefined
        ? []
        : [`flag ${JSON.stringify(key)} requires ${JSON.stringify(required)}, ${fault}`];
    }),
  );
  faults.push(...circles(flags));
  if (faults.length > 0) throw new BurgeeError("INVALID_DEFINITION", `${faults.join("; ")}.`);
}

function requirementFault(definition: Definition, required?: Definition): string | undefined {
  if (required === undefined) return "which is not defined";
  if (!Object.values(required.variants).includes(true)) return "which is never true";
  return definition.context === "none" && required.context !== "none"
    ? "which needs the context it does without"
    : undefined;
}

function circles(flags: DefinitionsByKey): string[] {
  const faults: string[] = [];
  const done = new Set<string>();

  function walk(key: string, path: readonly string[]): void {
    if (path.includes(key)) {
      const circle = [...path.slice(path.indexOf(key)), key].map((name) => JSON.stringify(name));
      faults.push(`flags require each other in a circle: ${circle.join(" → ")}`);
    } else if (!done.has(key)) {
      for (const required of flags.get(key)?.requires ?? []) walk(required, [...path, key]);
      done.add(key);
    }
  }

  for (const key of flags.keys()) walk(key, []);
  return faults;
}

/** The flags, and all that have to be looked at to decide them. */
export function withRequired(keys: Iterable<string>, flags: DefinitionsByKey): readonly string[] {
  return reachable(keys, (key) => flags.get(key)?.requires ?? []);
}

/** Makes a function that gives flags, and all that are decided by looking at them. */
export function findDependents(
  flags: DefinitionsByKey,
): (keys: readonly string[]) => readonly string[] {
  const dependents = new Map<string, string[]>();
  for (const [key, { requires = [] }] of flags) {
    for (const required of requires) {
      dependents.set(required, [...(dependents.get(required) ?? []), key]);
    }
  }
  if (dependents.size === 0) return (keys) => keys;
  return (keys) => reachable(keys, (key) => dependents.get(key) ?? []);
}

function reachable(
  keys: Iterable<string>,
  next: (key: string) => readonly string[],
): readonly string[] {
  const all = new Set(keys);
  for (const key of all) for (const other of next(key)) all.add(other);
  return [...all];
}
