import { type EvaluationDetails, type Exposure, revisionOf, targetingKeyOf } from "@burgee/core";
import type { AnyValue, LogAttributes, LogRecord } from "@opentelemetry/api-logs";

/** The event's name. */
export const EVALUATION = "feature_flag.evaluation";

/** What an event tells besides what it always does. */
export interface EvaluationEventOptions {
  /** Whether it tells the flag's value beside its variant. `@default false` */
  readonly value?: boolean;
  /**
   * What it tells of who is asking, made of the targeting key: a keyed hash, say, which counts people
   * and names nobody. The key itself is personal data.
   *
   * @default nothing
   */
  readonly contextId?: (targetingKey: string) => string | undefined;
}

/**
 * The log event of an exposure. An exposure has a variant, so that its value is told only if asked
 * for; the version is the metadata's, or else the revision's id.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/feature-flags/feature-flags-events/
 */
export function evaluationEvent(
  { flag, variant, details, scope }: Exposure,
  { value = false, contextId }: EvaluationEventOptions,
): LogRecord {
  const { flagSetId, version = revisionOf(scope) } = details.flagMetadata;
  const targetingKey = contextId && targetingKeyOf(scope);
  const id = targetingKey === undefined ? undefined : contextId?.(targetingKey);
  return {
    eventName: EVALUATION,
    attributes: {
      "feature_flag.key": flag,
      "feature_flag.result.variant": variant,
      "feature_flag.result.reason": details.split ? "split" : details.reason.toLowerCase(),
      "feature_flag.provider.name": "burgee",
      ...(value && { "feature_flag.result.value": details.value as AnyValue }),
      ...(id !== undefined && { "feature_flag.context.id": id }),
      ...(typeof flagSetId === "string" && { "feature_flag.set.id": flagSetId }),
      ...(version !== undefined && { "feature_flag.version": String(version) }),
      ...errorAttributes(details),
    },
  };
}

function errorAttributes(details: EvaluationDetails<unknown>): LogAttributes {
  const { errorCode, errorMessage } = details;
  if (errorCode === undefined) return {};
  // the message of a rule that failed on a context may quote it: `{"var": "targetingKey"}`
  const told = errorMessage !== undefined && errorCode !== "GENERAL";
  return {
    "error.type": errorCode.toLowerCase(),
    ...(told && { "feature_flag.error.message": errorMessage }),
  };
}
