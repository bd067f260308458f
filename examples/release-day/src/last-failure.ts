import type { MonitorSnapshot } from "@burgee/monitor";
import type { Telemetry, WrittenSpan } from "./telemetry.js";

/** The trace of the last failure of a flag, as text: a line for each span, with its flags. */
export function lastFailure(
  flag: string,
  { cells }: MonitorSnapshot,
  telemetry: Telemetry,
): string {
  const failed = cells.filter((cell) => cell.flag === flag).flatMap((cell) => cell.failedTraces);
  const traceId = failed.at(-1);
  if (traceId === undefined) return "No request has failed so far.";
  const spans = [...telemetry.traceOf(traceId)].sort((a, b) => b.duration - a.duration);
  return [`The last failure, trace ${traceId}:`, ...spans.map(line)].join("\n");
}

function line({ name, parentSpanId, duration, failed, attributes }: WrittenSpan): string {
  const variants = Object.entries(attributes)
    .filter(([name]) => name.startsWith("feature_flags."))
    .map((nameAndVariant) => nameAndVariant.join("="));
  const indent = parentSpanId === undefined ? "" : "  ";
  const label = `${indent}${name}`.padEnd(18);
  return [label, `${duration.toFixed(1)} ms`, ...variants, failed ? "failed" : ""]
    .join("  ")
    .trimEnd();
}
