import { BurgeeError } from "./errors.js";
import type { FlagSet } from "./flag-set.js";
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
  const fault: Fault = (pointer, message, severity = "error") =>
    issues.push({ pointer, message, severity });
  if (nestedDeeperThan(MAX_DEPTH, input)) fault("", `is nested deeper than ${MAX_DEPTH}`);
  else checkFlagSet(input, fault);
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

type Fault = (pointer: string, message: string, severity?: Issue["severity"]) => void;

function checkFlagSet(input: unknown, fault: Fault): void {
  if (!isRecord(input)) return fault("", "must be an object");
  if (input["$evaluators"] !== undefined && !isRecord(input["$evaluators"])) {
    fault("/$evaluators", "must be an object of shared rules");
  }
  checkMetadata(input["metadata"], "/metadata", fault);
  if (!isRecord(input["flags"])) return fault("/flags", "must be an object of flags by key");
  for (const [key, flag] of Object.entries(input["flags"])) {
    checkFlag(flag, `/flags${pointerToken(key)}`, fault);
  }
}

function checkFlag(flag: unknown, pointer: string, fault: Fault): void {
  if (!isRecord(flag)) return fault(pointer, "must be an object");
  if (flag["state"] !== "ENABLED" && flag["state"] !== "DISABLED") {
    fault(`${pointer}/state`, 'must be "ENABLED" or "DISABLED"');
  }
  checkMetadata(flag["metadata"], `${pointer}/metadata`, fault);
  const targeting = flag["targeting"];
  if (targeting !== undefined && targeting !== null && !isRecord(targeting)) {
    fault(`${pointer}/targeting`, "should be a rule (an object)", "warning");
  }
  checkVariants(flag, pointer, fault);
}

function checkVariants(flag: Record<string, unknown>, pointer: string, fault: Fault): void {
  const { variants, defaultVariant } = flag;
  if (!isRecord(variants)) {
    return fault(`${pointer}/variants`, "must be an object of values by variant name");
  }
  const values = Object.values(variants);
  if (values.length === 0) fault(`${pointer}/variants`, "must have at least one variant");
  if (new Set(values.map(jsonType)).size > 1) {
    fault(`${pointer}/variants`, "should have values of one type", "warning");
  }
  if (defaultVariant === undefined || defaultVariant === null || defaultVariant === "") return;
  if (typeof defaultVariant !== "string") {
    fault(`${pointer}/defaultVariant`, "must be a variant's name, or null");
  } else if (!Object.hasOwn(variants, defaultVariant)) {
    const names = Object.keys(variants).map((name) => JSON.stringify(name));
    fault(`${pointer}/defaultVariant`, `must be one of the variants: ${names.join(", ")}`);
  }
}

function checkMetadata(metadata: unknown, pointer: string, fault: Fault): void {
  if (metadata === undefined) return;
  if (!isRecord(metadata)) return fault(pointer, "must be an object");
  for (const [key, value] of Object.entries(metadata)) {
    if (!["string", "number", "boolean"].includes(typeof value)) {
      fault(
        `${pointer}${pointerToken(key)}`,
        "should be a string, a number or a boolean",
        "warning",
      );
    }
  }
}

/** Walks level by level, so that a hostile document cannot exhaust the stack. */
function nestedDeeperThan(depth: number, input: unknown): boolean {
  let level = [input];
  for (let deep = 0; level.length > 0; deep++) {
    if (deep > depth) return true;
    const inside = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
    level = [...new Set(inside)]; // a value that stands in many places is walked once
  }
  return false;
}
