import type { FlagDefinition, FlagMetadata } from "./flag-set.js";
import { frozenCopy, type JsonValue, jsonType, ownValue } from "./json.js";
import type { Split } from "./targeting/operator.js";

/** Why a value was served; OpenFeature's terms. The last three are those of flags resolved elsewhere. */
export type Reason =
  | "STATIC"
  | "TARGETING_MATCH"
  | "DEFAULT"
  | "DISABLED"
  | "STALE"
  | "ERROR"
  | "SPLIT"
  | "CACHED"
  | "UNKNOWN";

/** Why an evaluation failed; OpenFeature's terms. */
export type EvaluationErrorCode =
  | "FLAG_NOT_FOUND"
  | "PARSE_ERROR"
  | "TYPE_MISMATCH"
  | "GENERAL"
  | "PROVIDER_NOT_READY";

/** A value, and how it came about. */
export interface EvaluationDetails<Value = JsonValue> {
  readonly value: Value;
  /** The variant's name; absent where the caller's default serves. */
  readonly variant?: string;
  readonly reason: Reason;
  readonly errorCode?: EvaluationErrorCode;
  readonly errorMessage?: string;
  /** The set's metadata, overlaid by the flag's. */
  readonly flagMetadata: FlagMetadata;
  /** The percentage split that decided the variant, if one did. */
  readonly split?: Split;
  /** Decided in an outage, by the last revision that is known. */
  readonly stale?: true;
  /** Named by an override of the scope, whatever the rules say. */
  readonly overridden?: true;
  /** Pinned to the safe variant in this process, whatever the rules say. */
  readonly pinned?: true;
}

/** What serves a variant, whoever asks. */
export interface Serving {
  readonly details: EvaluationDetails & { readonly variant: string };
  /** The JSON type of its value. */
  readonly type: string;
}

/** @param variant a variant that the flag has */
export function servingOf(
  variant: string,
  { variants }: FlagDefinition,
  reason: Reason,
  flagMetadata: FlagMetadata,
): Serving {
  const value = frozenCopy(ownValue(variants, variant) as JsonValue);
  const details = Object.freeze({ value, variant, reason, flagMetadata });
  return { details, type: jsonType(value) };
}

/**
 * The details of a serving, always the same and frozen but for a split; a failure if its value is of
 * another type than the caller's default.
 */
export function serve(
  { details, type }: Serving,
  defaultValue: unknown,
  split?: Split,
): EvaluationDetails<unknown> {
  if (!isOfType(type, details.value, defaultValue)) {
    const message = `its value is of type ${type}, not ${jsonType(defaultValue)}`;
    return failure(defaultValue, "TYPE_MISMATCH", message, details.flagMetadata);
  }
  if (split === undefined) return details;
  const { value, variant, reason, flagMetadata } = details;
  return { value, variant, reason, flagMetadata, split };
}

/** Whether a default is of a type, or absent; the usual types are told apart without a text. */
function isOfType(type: string, value: unknown, defaultValue: unknown): boolean {
  if (typeof defaultValue === "string") return typeof value === "string";
  if (typeof defaultValue === "boolean") return typeof value === "boolean";
  return defaultValue === undefined || jsonType(defaultValue) === type;
}

/** A failed evaluation serves the caller's default. */
export function failure<Value>(
  value: Value,
  errorCode: EvaluationErrorCode,
  errorMessage: string,
  flagMetadata: FlagMetadata,
): EvaluationDetails<Value> {
  return { value, reason: "ERROR", errorCode, errorMessage, flagMetadata };
}
