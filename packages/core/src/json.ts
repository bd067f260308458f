/** A value that JSON can write. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The JSON type of a value. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Whether a value is an object with keys: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value's own property of that name; never one of its prototype. */
export function ownValue(value: object | string, key: string): unknown {
  const object = Object(value) as Record<string, unknown>;
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** How deep two values are compared: no value that is served is nested deeper. */
const MAX_DEPTH = 1000;

/**
 * Whether two JSON values are the same; the order of an object's keys does not count. Those that
 * are nested too deep to be compared are not.
 */
export function sameJson(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || depth > MAX_DEPTH) return false;
  return Array.isArray(a)
    ? sameItems(a, b as unknown[], depth)
    : sameEntries(a as Record<string, unknown>, b as Record<string, unknown>, depth);
}

function sameItems(a: readonly unknown[], b: readonly unknown[], depth: number): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!sameJson(a[index], b[index], depth + 1)) return false;
  }
  return true;
}

function sameEntries(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  depth: number,
): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !sameJson(a[key], b[key], depth + 1)) return false;
  }
  return true;
}

/** A copy of a JSON value that nobody can change. */
export function frozenCopy<Value extends JsonValue>(value: Value): Value {
  return typeof value === "object" && value !== null ? freeze(structuredClone(value)) : value;
}

function freeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) freeze(child);
    Object.freeze(value);
  }
  return value;
}

/** One reference token of a JSON pointer, escaped as RFC 6901 asks. */
export function pointerToken(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The value at an RFC 6901 JSON pointer; undefined if there is none. */
export function atPointer(value: JsonValue, pointer: string): JsonValue | undefined {
  let found: unknown = value;
  for (const token of pointer.split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    found = ownValue(found, token.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return found as JsonValue | undefined;
}
