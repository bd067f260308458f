import { type Attributes, trace } from "@opentelemetry/api";
import { currentFlags } from "./current-flags.js";
import { localRootOf } from "./local-root.js";
import { into, writers } from "./preset.js";

/**
 * The variants of the flags that the current scope has read by now, as fields of a log line:
 * `feature_flags.<key>` each, as on spans, 32 at most. Where the scope is lost, those that the local
 * root span carries. A new object at every call.
 *
 * @example pino
 * ```ts
 * import { flagFields } from "@burgee/opentelemetry";
 * import { pino } from "pino";
 *
 * export const log = pino({ mixin: flagFields });
 * ```
 *
 * @example winston
 * ```ts
 * import { flagFields } from "@burgee/opentelemetry";
 * import { createLogger, format, transports } from "winston";
 *
 * const withFlags = format((line) => Object.assign(line, flagFields()));
 * export const log = createLogger({
 *   format: format.combine(withFlags(), format.json()),
 *   transports: [new transports.Console()],
 * });
 * ```
 */
export function flagFields(): Record<string, string> {
  const fields: Record<string, string> = {};
  const span = trace.getActiveSpan();
  const flags = currentFlags(span && localRootOf(span));
  if (flags !== undefined) writers.attributes.all(into(fields as Attributes), flags);
  return fields;
}
