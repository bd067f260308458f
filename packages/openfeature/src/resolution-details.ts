import type { UndefaultedDetails } from "@burgee/core";
import {
  ErrorCode,
  type FlagMetadata,
  type FlagValue,
  type ResolutionDetails,
} from "@openfeature/core";

/**
 * What Burgee has decided, as OpenFeature has it: the caller's default where there is no value, and a
 * mismatch where the value is of another of OpenFeature's four types.
 */
export function resolutionOf<Value extends FlagValue>(
  details: UndefaultedDetails,
  defaultValue: Value,
): ResolutionDetails<Value> {
  const { value, variant, reason, errorCode, errorMessage = "", flagMetadata } = details;
  if (errorCode !== undefined) {
    return failed(defaultValue, ErrorCode[errorCode], errorMessage, flagMetadata);
  }
  if (value === undefined) return { value: defaultValue, reason, flagMetadata };
  if (typeof value !== typeof defaultValue) {
    const message = `its value is of type ${typeof value}, not ${typeof defaultValue}`;
    return failed(defaultValue, ErrorCode.TYPE_MISMATCH, message, flagMetadata);
  }
  const named = variant === undefined ? {} : { variant };
  return { value: value as Value, reason, flagMetadata, ...named };
}

/** A failed resolution serves the caller's default. */
export function failed<Value extends FlagValue>(
  value: Value,
  errorCode: ErrorCode,
  errorMessage: string,
  flagMetadata: FlagMetadata = {},
): ResolutionDetails<Value> {
  return { value, reason: "ERROR", errorCode, errorMessage, flagMetadata };
}
