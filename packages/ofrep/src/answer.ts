import type { EvaluationDetails, JsonValue } from "@burgee/core";

/** What a browser is told of one flag: never its rule, its metadata, or why it failed. */
export interface FlagAnswer {
  readonly key: string;
  readonly value: JsonValue;
  readonly reason: string;
  readonly variant?: string;
}

/** A flag that serves its default, for whatever reason, is a flag with that value. */
export function answerOf(key: string, details: EvaluationDetails): FlagAnswer {
  const { value, variant, reason, errorCode } = details;
  const byDefault = errorCode !== undefined || reason === "DISABLED" || reason === "STALE";
  return {
    key,
    value,
    reason: byDefault ? "DEFAULT" : reason,
    ...(variant !== undefined && { variant }),
  };
}
