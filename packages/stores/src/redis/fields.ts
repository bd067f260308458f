import {
  BurgeeError,
  type FlagDefinition,
  type FlagMetadata,
  type JsonValue,
  parseFlagSet,
} from "@burgee/core";

/**
 * The fields of a hash as a script gives them, name and value in turn: null for one that is not there,
 * its size in bytes for one that is too large to be sent.
 */
export type Fields = readonly (string | number | null)[];

/** What was read of a hash: what can be served, and what is wrong with the rest. */
export interface ReadFields<Entry> {
  /** By name; undefined for those that are not there. */
  readonly entries: ReadonlyMap<string, Entry | undefined>;
  /** The names of those that cannot be served. */
  readonly faulty: readonly string[];
  readonly faults: readonly BurgeeError[];
}

/** How many faults are told of one hash. */
const MAX_FAULTS = 100;

/** @param hash its name, for messages */
export function readFlags(fields: Fields, hash: string): ReadFields<FlagDefinition> {
  return readFields(fields, hash, true, (value, name) => {
    const parsed = parseFlagSet({ flags: Object.fromEntries([[name, value]]) });
    if (parsed.ok) return parsed.flagSet.flags[name] as FlagDefinition;
    const faults = parsed.issues.filter(({ severity }) => severity === "error");
    throw new Error(faults.map(({ pointer, message }) => `${pointer} ${message}`).join("; "));
  });
}

/** @param hash its name, for messages */
export function readEvaluators(fields: Fields, hash: string): ReadFields<JsonValue> {
  return readFields(fields, hash, false, (value) => value as JsonValue);
}

/** @param hash its name, for messages */
export function readMetadata(fields: Fields, hash: string): ReadFields<FlagMetadata[string]> {
  return readFields(fields, hash, false, (value) => {
    if (["string", "number", "boolean"].includes(typeof value)) {
      return value as FlagMetadata[string];
    }
    throw new Error("it must be a string, a number or a boolean");
  });
}

function readFields<Entry>(
  fields: Fields,
  hash: string,
  ofFlags: boolean,
  read: (value: unknown, name: string) => Entry,
): ReadFields<Entry> {
  const entries = new Map<string, Entry | undefined>();
  const faulty: string[] = [];
  const faults: BurgeeError[] = [];

  function fault(name: string, what: string, cause?: unknown): void {
    faulty.push(name);
    if (faulty.length > MAX_FAULTS) return;
    const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name;
    const message = `The field ${JSON.stringify(shown)} of ${hash} cannot be served: ${what}.`;
    const about = ofFlags && { flag: shown };
    faults.push(
      new BurgeeError("INVALID_FLAG_SET", message, {
        ...about,
        ...(cause !== undefined && { cause }),
      }),
    );
  }

  for (let index = 0; index < fields.length; index += 2) {
    const name = String(fields[index]);
    const value = fields[index + 1];
    if (value === null || value === undefined) entries.set(name, undefined);
    else if (typeof value === "number") fault(name, `it has ${value} bytes, more than are read`);
    else if (name.includes("\uFFFD")) fault(name, "its name is not UTF-8");
    else {
      try {
        entries.set(name, read(JSON.parse(value), name));
      } catch (cause) {
        fault(name, (cause as Error).message, cause);
      }
    }
  }
  if (faulty.length > MAX_FAULTS) {
    const what = `So are ${faulty.length - MAX_FAULTS} more fields of ${hash}.`;
    faults.push(new BurgeeError("INVALID_FLAG_SET", what));
  }
  return { entries, faulty, faults };
}
