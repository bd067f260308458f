import type { StandIn } from "./circumstances.js";
import { anonymous } from "./context.js";
import type { Definition } from "./define.js";
import { type EvaluationDetails, failure } from "./details.js";
import type { FlagMetadata } from "./flag-set.js";
import type { Held } from "./follow.js";
import { frozenCopy, type JsonValue, jsonType, ownValue } from "./json.js";

/** When a flag is read. */
export interface Moment {
  /** The revision that is gone by; undefined before the first. */
  readonly held: Held | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The details of what stands in for what the rules decide. */
export function standInDetails(
  standIn: StandIn,
  key: string,
  { variants }: Definition,
  moment: Moment,
): EvaluationDetails {
  const declared = variants[standIn.variant] as JsonValue;
  const value =
    standIn.reason === "STALE" ? declared : valueIn(key, standIn.variant, declared, moment);
  return Object.freeze({ value, ...standIn, flagMetadata: metadataOf(key, moment) });
}

/** Those of a flag of which another that it requires is off. */
export function withoutRequired(value: JsonValue, key: string, moment: Moment): EvaluationDetails {
  return { value, reason: "DEFAULT", flagMetadata: metadataOf(key, moment) };
}

/** Those before the first revision. */
export function notReady(value: JsonValue): EvaluationDetails {
  return failure(value, "PROVIDER_NOT_READY", "no revision has arrived yet", {});
}

/** Those of a flag that is not defined in code, and has no value. */
export const NOT_DEFINED = Object.freeze({
  value: undefined as unknown as JsonValue,
  reason: "ERROR",
  errorCode: "FLAG_NOT_FOUND",
  errorMessage: "it is not defined in code",
  flagMetadata: Object.freeze({}),
}) satisfies EvaluationDetails;

/** A variant's value in the flag set; as it is declared, if it has none of that type. */
function valueIn(key: string, variant: string, declared: JsonValue, { held }: Moment): JsonValue {
  const value = ownValue(held?.ruleset.flag(key)?.variants ?? {}, variant);
  return jsonType(value) === jsonType(declared) ? frozenCopy(value as JsonValue) : declared;
}

function metadataOf(key: string, { held, now }: Moment): FlagMetadata {
  return held?.ruleset.evaluate(key, undefined, anonymous, now).flagMetadata ?? {};
}
