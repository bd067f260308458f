import type { Observer } from "@burgee/core";
import { MAX_FLAGS } from "./preset.js";

/** A span of Datadog's. */
export interface DatadogSpan {
  context(): object;
  setTag(name: string, value: string): unknown;
}

/** What is used of Datadog's tracer, `dd-trace`. */
export interface DatadogTracer {
  scope(): { active(): DatadogSpan | null };
}

/**
 * Puts `feature_flags.<key>=<variant>` on Datadog's spans: on the root span of a request, which is
 * the one that is marked as failed, and on the span that is active as the flag is read. These are
 * the names that Datadog's own flags have there.
 *
 * @see https://docs.datadoghq.com/feature_flags/guide/apm_trace_enrichment/
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { datadogFlags } from "@burgee/opentelemetry/datadog";
 * import tracer from "dd-trace";
 *
 * export const watch = (flags: Flags) => flags.observe(datadogFlags(tracer));
 * ```
 */
export function datadogFlags(tracer: DatadogTracer): Observer {
  const carried = new WeakMap<DatadogSpan, Set<string>>();

  function tag(span: DatadogSpan, flag: string, variant: string): void {
    const flags = carried.get(span) ?? new Set();
    if (flags.size >= MAX_FLAGS && !flags.has(flag)) return;
    carried.set(span, flags.add(flag));
    span.setTag(`feature_flags.${flag}`, variant);
  }

  return {
    exposure({ flag, variant }) {
      const active = tracer.scope().active();
      if (active === null) return;
      for (const span of new Set([rootOf(active), active])) tag(span, flag, variant);
    },
  };
}

/** A context of Datadog's, with what no interface of theirs gives: the spans of the trace, in order. */
interface ContextInside {
  readonly _trace?: { readonly started?: readonly DatadogSpan[] };
}

/** The first span of this process in the trace; the span itself, should Datadog keep it elsewhere. */
function rootOf(span: DatadogSpan): DatadogSpan {
  const { _trace }: ContextInside = span.context();
  return _trace?.started?.[0] ?? span;
}
