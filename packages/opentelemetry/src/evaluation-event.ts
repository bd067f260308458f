import type { EvaluationDetails, Exposure } from "@burgee/core";
import type { LogAttributes, LogRecord } from "@opentelemetry/api-logs";

/**
 * The log event of an exposure. Neither the value nor anything of the context is in it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/feature-flags/feature-flags-events/
 */
export function evaluationEvent({ flag, variant, details }: Exposure): LogRecord {
  const { flagSetId, version } = details.flagMetadata;
  return {
    eventName: "feature_flag.evaluation",
    attributes: {
      "feature_flag.key": flag,
      "feature_flag.result.variant": variant,
      "feature_flag.result.reason": details.split ? "split" : details.reason.toLowerCase(),
      "feature_flag.provider.name": "burgee",
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
