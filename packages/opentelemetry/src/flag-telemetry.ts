import type { Flags } from "@burgee/core";
import { type Logger, type LoggerProvider, logs } from "@opentelemetry/api-logs";
import { EVALUATION, type EvaluationEventOptions, evaluationEvent } from "./evaluation-event.js";
import type { FlagPreset } from "./preset.js";
import { spansOfReads } from "./spans-of-reads.js";

/** Options of {@link flagTelemetry}. */
export interface FlagTelemetryOptions {
  /**
   * How flags are written on spans that no `FlagSpanProcessor` has seen start: those of an SDK that
   * takes no processors. `@default "attributes"`
   */
  readonly preset?: FlagPreset;
  /** What the events tell besides key, variant, reason, set, version and error. */
  readonly event?: EvaluationEventOptions;
}

/**
 * Tells OpenTelemetry of every flag that is read: a `feature_flag.evaluation` event, and
 * `feature_flags.<key>=<variant>` on the local root span of the work that reads it and on the
 * active span, 32 flags a span at most. Values, targeting keys and other context are not told.
 * It may be called before an SDK is registered; without one nothing happens.
 *
 * @returns stops it
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { flagTelemetry } from "@burgee/opentelemetry";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: fileStore("flags.json") });
 *
 * const stop = flagTelemetry(flags);
 * process.once("SIGTERM", stop);
 * ```
 */
export function flagTelemetry(
  flags: Pick<Flags, "observe">,
  { preset = "attributes", event = {} }: FlagTelemetryOptions = {},
): () => void {
  const spans = spansOfReads(preset);
  const loggerOf = eventLoggers();
  // a request reads several flags in a row: what they have in common is looked up once
  let entered: object | undefined;
  let traced = false;
  let provider: LoggerProvider | undefined;
  let logger: Logger | undefined;

  return flags.observe({
    exposure(exposure) {
      const { flag, variant, scope } = exposure;
      // a span tells that an SDK is there; without one, it may have come since
      if (scope !== entered || (!traced && logs.getLoggerProvider() !== provider)) {
        entered = scope;
        provider = logs.getLoggerProvider();
        logger = loggerOf(provider);
        spans.enter(scope);
      }
      traced = spans.stamp(flag, variant);
      logger?.emit(evaluationEvent(exposure, event));
    },
  });
}

const ITS_EVENT = { eventName: EVALUATION };

/** Gives a provider's logger; undefined where that wants no such events, as the API's own does. */
function eventLoggers(): (provider: LoggerProvider) => Logger | undefined {
  let known: LoggerProvider | undefined;
  let logger: Logger | undefined;
  return (provider) => {
    if (provider !== known) {
      known = provider;
      logger = provider.getLogger("@burgee/opentelemetry");
    }
    // a logger of an older API cannot be asked
    return logger?.enabled?.(ITS_EVENT) === false ? undefined : logger;
  };
}
