import type { Flags } from "@burgee/core";
import { trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import { evaluationEvent } from "./evaluation-event.js";
import { enterLocalRoot } from "./local-root.js";
import { stamp } from "./span-flags.js";

/**
 * Tells OpenTelemetry of every flag that is read: a `feature_flag.evaluation` event, and
 * `feature_flags.<key>=<variant>` on the local root span of the work that reads it and on the
 * active span, 32 flags a span at most. Values, targeting keys and other context are never told.
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
export function flagTelemetry(flags: Pick<Flags, "observe">): () => void {
  return flags.observe({
    exposure(exposure) {
      const { flag, variant, scope } = exposure;
      for (const span of new Set([enterLocalRoot(scope), trace.getActiveSpan()])) {
        if (span !== undefined) stamp(span, flag, variant);
      }
      // a logger that is kept would stay without an SDK that is registered later
      logs.getLogger("@burgee/opentelemetry").emit(evaluationEvent(exposure));
    },
  });
}
