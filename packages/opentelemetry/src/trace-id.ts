import { isSpanContextValid } from "@opentelemetry/api";
import { rootOfScope } from "./local-root.js";

/**
 * The id of the trace that a scope's work belongs to: its local root's at its first exposure.
 * Undefined where it has read no flag, or read none under a span, or that is of no valid trace, or
 * of one that is not sampled, where there would be nothing to look at.
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
  const context = rootOfScope(scope)?.spanContext();
  return context !== undefined && isSpanContextValid(context) ? context.traceId : undefined;
}
