import { BurgeeError } from "./errors.js";
import type { FlagDefinition, FlagSet } from "./flag-set.js";
import { isVariant, readHold } from "./hold.js";
import { isRecord, jsonType, pointerToken } from "./json.js";

/** One fault of a flag document. */
export interface Issue {
  /** Where it is: an RFC 6901 JSON pointer into the document. */
  readonly pointer: string;
  /** What is wrong there. */
  readonly message: string;
  /** An `error` rejects the document; a `warning` breaks the schema but can be served. */
  readonly severity: "error" | "warning";
}

/** A flag set with its warnings, or every issue of a document that cannot be served. */
export type ParseResult =
  | { readonly ok: true; readonly flagSet: FlagSet; readonly issues: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** How deep a document may be nested. */
const MAX_DEPTH = 1000;

/** How many values it may have; one that stands in many places counts in each. */
const MAX_VALUES = 5_000_000;

/**
 * Reads an unknown value as a flag set: all of its issues at once, each with its JSON pointer.
 * Rules are not compiled here; a rule that cannot be is an error of its own flag alone.
 *
 * @example
 * ```ts
 * import { parseFlagSet } from "@burgee/core";
 *
 * const parsed = parseFlagSet(JSON.parse(`{"flags":{"beta":{"state":"ON","variants":{}}}}`));
 * if (!parsed.ok) {
 *   for (const { pointer, message } of parsed.issues) console.error(pointer, message);
 *   // /flags/beta/state must be "ENABLED" or "DISABLED"
 *   // /flags/beta/variants must have at least one variant
 * }
 * ```
 */
export function parseFlagSet(input: unknown): ParseResult {
  const issues: Issue[] = [];
  const fault: Fault = (path, message, severity = "error") =>
    issues.push({ pointer: path.map(pointerToken).join(""), message, severity });
  checkFlagSet(input, fault, createMeter());
  return issues.some(({ severity }) => severity === "error")
    ? { ok: false, issues }
    : { ok: true, flagSet: input as FlagSet, issues };
}

/**
 * The flag set that an unknown value holds, for those who cannot go on without one.
 *
 * @param origin where the document came from, for the message: a path, a URL
 * @throws BurgeeError `INVALID_FLAG_SET`, naming every faulty place
 */
export function flagSetFrom(input: unknown, origin: string): FlagSet {
  const parsed = parseFlagSet(input);
  if (parsed.ok) return parsed.flagSet;
  const faults = parsed.issues
    .filter(({ severity }) => severity === "error")
    .map(({ pointer, message }) => `${pointer || "the document"} ${message}`);
  throw new BurgeeError("INVALID_FLAG_SET", `${origin}: ${faults.join("; ")}.`);
}

/** @param path the keys that lead to the place */
type Fault = (path: readonly string[], message: string, severity?: Issue["severity"]) => void;

function checkFlagSet(input: unknown, fault: Fault, meter: Meter): void {
  if (!isRecord(input)) return fault([], "must be an object");
  const { flags, metadata, $evaluators } = input;
  if ($evaluators !== undefined && !isRecord($evaluators)) {
    fault(["$evaluators"], "must be an object of shared rules");
  }
  checkMetadata(metadata, ["metadata"], fault);
  for (const field in input) {
    if (field !== "flags" && field !== "$evaluators") meter.measure(input[field], 1);
  }
  if (!isRecord(flags)) fault(["flags"], "must be an object of flags by key");
  else for (const key of Object.keys(flags)) checkFlag(key, flags[key], fault, meter);
  if (meter.excess !== undefined) fault([], meter.excess);
}

function checkFlag(key: string, flag: unknown, fault: Fault, meter: Meter): void {
  if (!isRecord(flag)) return fault(["flags", key], "must be an object");
  const { state, metadata, targeting } = flag;
  if (state !== "ENABLED" && state !== "DISABLED") {
    fault(["flags", key, "state"], 'must be "ENABLED" or "DISABLED"');
  }
  for (const field in flag) {
    const value = flag[field];
    if (typeof value === "object" && field !== "targeting" && field !== "variants") {
      meter.measure(value, 3);
    }
  }
  if (metadata !== undefined) {
    checkMetadata(metadata, ["flags", key, "metadata"], fault);
    checkHold(key, flag, fault);
  }
  if (targeting !== undefined && targeting !== null && !isRecord(targeting)) {
    fault(["flags", key, "targeting"], "should be a rule (an object)", "warning");
  }
  checkVariants(key, flag, fault, meter);
}

function checkVariants(
  key: string,
  { variants, defaultVariant }: Record<string, unknown>,
  fault: Fault,
  meter: Meter,
): void {
  if (!isRecord(variants)) {
    return fault(["flags", key, "variants"], "must be an object of values by variant name");
  }
  let type: string | undefined;
  let mixed = false;
  for (const name in variants) {
    const value = variants[name];
    let own: string = typeof value;
    if (own === "object") {
      meter.measure(value, 4);
      own = jsonType(value);
    }
    if (type === undefined) type = own;
    else if (own !== type) mixed = true;
  }
  if (type === undefined) fault(["flags", key, "variants"], "must have at least one variant");
  if (mixed) fault(["flags", key, "variants"], "should have values of one type", "warning");
  if (defaultVariant === undefined || defaultVariant === null || defaultVariant === "") return;
  if (typeof defaultVariant !== "string") {
    fault(["flags", key, "defaultVariant"], "must be a variant's name, or null");
  } else if (!Object.hasOwn(variants, defaultVariant)) {
    const what = `must be one of the variants: ${quoted(variants)}`;
    fault(["flags", key, "defaultVariant"], what);
  }
}

/** A flag that is held must serve one of its variants, whoever wrote the hold. */
function checkHold(key: string, flag: Record<string, unknown>, fault: Fault): void {
  const { metadata, variants } = flag;
  if (!isRecord(metadata) || !isRecord(variants)) return;
  const definition = flag as unknown as FlagDefinition;
  const hold = readHold(definition);
  if (hold !== undefined && hold.kind !== "ramp" && !isVariant(hold.held, definition)) {
    const what = `must be one of the variants: ${quoted(variants)}`;
    fault(["flags", key, "targeting", "if", "1"], what);
  }
}

function quoted(variants: object): string {
  return Object.keys(variants)
    .map((name) => JSON.stringify(name))
    .join(", ");
}

function checkMetadata(metadata: unknown, path: readonly string[], fault: Fault): void {
  if (metadata === undefined) return;
  if (!isRecord(metadata)) return fault(path, "must be an object");
  for (const [key, value] of Object.entries(metadata)) {
    if (!["string", "number", "boolean"].includes(typeof value)) {
      fault([...path, key], "should be a string, a number or a boolean", "warning");
    }
  }
}

/**
 * Measures what a document holds besides rules. A rule that is too deep is the trouble of its flag
 * alone, and is found when that is compiled.
 */
interface Meter {
  /** @param depth how deep the value stands in the document */
  measure(value: unknown, depth: number): void;
  /** Why the document is not read, if it is nested too deep or too large. */
  readonly excess: string | undefined;
}

function createMeter(): Meter {
  let left = MAX_VALUES;
  let tooDeep = false;

  function measure(value: unknown, depth: number): void {
    if (tooDeep || --left < 0) return;
    if (depth > MAX_DEPTH) tooDeep = true;
    else if (typeof value === "object" && value !== null) {
      for (const child of Object.values(value)) measure(child, depth + 1);
    }
  }

  return {
    measure,
    get excess() {
      if (left < 0) return `has more than ${MAX_VALUES} values`;
      return tooDeep ? `is nested deeper than ${MAX_DEPTH}` : undefined;
    },
  };
}
