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
  const attributes: LogAttributes = {
    "feature_flag.key": flag,
    "feature_flag.result.variant": variant,
    "feature_flag.result.reason": details.split ? "split" : details.reason.toLowerCase(),
    "feature_flag.provider.name": "burgee",
  };
  const { flagSetId, version = revisionOf(scope) } = details.flagMetadata;
  if (typeof flagSetId === "string") attributes["feature_flag.set.id"] = flagSetId;
  if (version !== undefined) attributes["feature_flag.version"] = String(version);
  if (value) attributes["feature_flag.result.value"] = details.value as AnyValue;
  if (contextId !== undefined) {
    const targetingKey = targetingKeyOf(scope);
    const id = targetingKey === undefined ? undefined : contextId(targetingKey);
    if (id !== undefined) attributes["feature_flag.context.id"] = id;
  }
  if (details.errorCode !== undefined) tellError(attributes, details);
  return { eventName: EVALUATION, attributes };
}

/** The message of a rule that failed on a context may quote it: `{"var": "targetingKey"}`. */
function tellError(
  attributes: LogAttributes,
  { errorCode = "GENERAL", errorMessage }: EvaluationDetails<unknown>,
): void {
  attributes["error.type"] = errorCode.toLowerCase();
  if (errorMessage !== undefined && errorCode !== "GENERAL") {
    attributes["feature_flag.error.message"] = errorMessage;
  }
}
