import type { Span } from "@opentelemetry/api";

/** How many flags a span may carry; those that come later are left out. */
const MAX_FLAGS = 32;

const NO_FLAGS: ReadonlyMap<string, string> = new Map();

const carried = new WeakMap<Span, Map<string, string>>();

/** The variants that a span was given, by flag; also those given when it had ended. */
export function flagsOf(span: Span): ReadonlyMap<string, string> {
  return carried.get(span) ?? NO_FLAGS;
}

/** Puts a flag's variant on a span, as `feature_flags.<key>`, if that still records. */
export function stamp(span: Span, flag: string, variant: string): void {
  const flags = carried.get(span) ?? new Map<string, string>();
  if (flags.size >= MAX_FLAGS && !flags.has(flag)) return;
  carried.set(span, flags.set(flag, variant));
  if (span.isRecording()) span.setAttribute(`feature_flags.${flag}`, variant);
}
