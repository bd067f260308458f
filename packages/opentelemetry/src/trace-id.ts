import { isSpanContextValid } from "@opentelemetry/api";
import { localRootOf } from "./local-root.js";

/**
 * The id of the trace that a scope's work belongs to: its local root's at its first exposure.
 * Undefined where it has read no flag, or read none under a span, or that is of no valid trace.
 *
 * @param scope as `exposure.scope` and `settlement.scope` give it
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { traceIdOf } from "@burgee/opentelemetry";
 *
 * export function logFailures(flags: Flags) {
 *   return flags.observe({
 *     settled({ scope, outcome }) {
 *       if (outcome.status === "error") console.log(outcome.errorType, traceIdOf(scope));
 *     },
 *   });
 * }
 * ```
 */
export function traceIdOf(scope: object): string | undefined {
  const context = localRootOf(scope)?.spanContext();
  return context !== undefined && isSpanContextValid(context) ? context.traceId : undefined;
}
