import type { EvaluationEventOptions } from "@burgee/opentelemetry";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import * as semconv from "@opentelemetry/semantic-conventions/incubating";

type Level = "required" | "recommended" | "on errors" | "with a variant" | "without one" | "opt-in";

/**
 * The attributes of the event, by their requirement levels. The names are those of OpenTelemetry's
 * own package; all values are texts, but for the flag's own.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/feature-flags/feature-flags-events/
 */
const levels: Readonly<Record<string, Level>> = {
  [semconv.ATTR_FEATURE_FLAG_KEY]: "required",
  [semconv.ATTR_FEATURE_FLAG_RESULT_VARIANT]: "with a variant",
  [semconv.ATTR_FEATURE_FLAG_RESULT_VALUE]: "without one",
  [semconv.ATTR_ERROR_TYPE]: "on errors",
  [semconv.ATTR_FEATURE_FLAG_ERROR_MESSAGE]: "recommended",
  [semconv.ATTR_FEATURE_FLAG_RESULT_REASON]: "recommended",
  [semconv.ATTR_FEATURE_FLAG_PROVIDER_NAME]: "recommended",
  [semconv.ATTR_FEATURE_FLAG_SET_ID]: "recommended",
  [semconv.ATTR_FEATURE_FLAG_VERSION]: "recommended",
  [semconv.ATTR_FEATURE_FLAG_CONTEXT_ID]: "opt-in", // recommended there; here, it is personal data
};

/** Where one of these applies, it has to be used. */
const errorTypes = [
  "flag_not_found",
  "invalid_context",
  "parse_error",
  "provider_fatal",
  "provider_not_ready",
  "targeting_key_missing",
  "type_mismatch",
  "general",
];

/** Where one of these applies, it has to be used. */
const reasons: readonly string[] = [
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_CACHED,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_DEFAULT,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_DISABLED,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_ERROR,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_SPLIT,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_STALE,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_STATIC,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_TARGETING_MATCH,
  semconv.FEATURE_FLAG_RESULT_REASON_VALUE_UNKNOWN,
];

/** What of the conventions an event breaks, given what it was asked to tell. */
export function breaches(
  { eventName, attributes }: Pick<ReadableLogRecord, "eventName" | "attributes">,
  asked: EvaluationEventOptions,
): string[] {
  const found: string[] = [];
  const demand = (holds: boolean, rule: string) => void (holds || found.push(rule));
  const has = (name: string) => Object.hasOwn(attributes, name);

  demand(eventName === semconv.EVENT_FEATURE_FLAG_EVALUATION, `its name is ${eventName}`);
  for (const [name, value] of Object.entries(attributes)) {
    demand(name in levels, `${name} is none of its attributes`);
    if (levels[name] !== "without one") {
      demand(typeof value === "string" && value !== "", `${name} is no text`);
    }
  }
  for (const [name, level] of Object.entries(levels)) {
    if (level === "required") demand(has(name), `${name} is missing`);
  }

  const failed = attributes[semconv.ATTR_FEATURE_FLAG_RESULT_REASON] === "error";
  const type = attributes[semconv.ATTR_ERROR_TYPE];
  demand(has(semconv.ATTR_ERROR_TYPE) === failed, "an error's type is there exactly on errors");
  demand(!failed || errorTypes.includes(String(type)), `${type} is no type of error`);
  const message = attributes[semconv.ATTR_FEATURE_FLAG_ERROR_MESSAGE];
  demand(failed || message === undefined, "a message without an error");
  demand(message === undefined || message !== type, "the message repeats the type");

  const reason = attributes[semconv.ATTR_FEATURE_FLAG_RESULT_REASON];
  demand(reasons.includes(String(reason)), `${reason} is no reason`);

  const hasVariant = has(semconv.ATTR_FEATURE_FLAG_RESULT_VARIANT);
  const tellsValue = has(semconv.ATTR_FEATURE_FLAG_RESULT_VALUE);
  demand(hasVariant || tellsValue, "neither a variant nor a value");
  demand(!hasVariant || tellsValue === (asked.value ?? false), "a value beside a variant, unasked");
  const tellsWho = has(semconv.ATTR_FEATURE_FLAG_CONTEXT_ID);
  demand(!tellsWho || asked.contextId !== undefined, "who asked, unasked");
  return found;
}
