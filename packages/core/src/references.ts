import type { FlagDefinition, FlagSet } from "./flag-set.js";
import { isRecord, type JsonValue } from "./json.js";

/** Which flags use which shared rules. */
export interface References {
  /** Notes what a flag refers to from now on. */
  add(key: string, definition: FlagDefinition): void;
  /** The keys of the flags that may use one of the shared rules, through others, too. */
  to(names: Iterable<string>, evaluators: Readonly<Record<string, JsonValue>>): ReadonlySet<string>;
}

/**
 * The flags that are there at first are looked through when somebody asks. Keys are only ever
 * added: a flag that does not use a shared rule any more may be among its users.
 */
export function createReferences(flags: FlagSet["flags"]): References {
  const users = new Map<string, Set<string>>();
  let unread: FlagSet["flags"] = flags;

  function add(key: string, definition: FlagDefinition): void {
    for (const name of referencesIn(definition?.targeting)) {
      const keys = users.get(name) ?? new Set();
      users.set(name, keys.add(key));
    }
  }

  return {
    add,
    to(names, evaluators) {
      for (const [key, definition] of Object.entries(unread)) add(key, definition);
      unread = {};
      const keys = new Set<string>();
      for (const name of withUsers(names, evaluators)) {
        for (const key of users.get(name) ?? []) keys.add(key);
      }
      return keys;
    },
  };
}

/** Shared rules, and all that use them. */
function withUsers(
  names: Iterable<string>,
  evaluators: Readonly<Record<string, JsonValue>>,
): ReadonlySet<string> {
  const all = new Set(names);
  const rest = new Map(
    Object.entries(evaluators).map(([name, rule]) => [name, referencesIn(rule)]),
  );
  for (let size = -1; size !== all.size; ) {
    size = all.size;
    for (const [name, used] of rest) if ([...used].some((other) => all.has(other))) all.add(name);
  }
  return all;
}

/** The names of the shared rules that a rule refers to by itself. */
function referencesIn(rule: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const rest = [rule];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== "object" || value === null) continue;
    if (isRecord(value) && typeof value["$ref"] === "string") names.add(value["$ref"]);
    for (const inside of Object.values(value)) rest.push(inside);
  }
  return names;
}
