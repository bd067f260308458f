import type { Span } from "@opentelemetry/api";
import { localRootOf } from "./local-root.js";
import { type FlagPreset, MAX_FLAGS, writers } from "./preset.js";
import { isKept, notes } from "./span-notes.js";

/**
 * Puts a flag's variant on a span, if that still records.
 *
 * @param preset how, on a span that no processor has seen start
 */
export function stamp(span: Span, flag: string, variant: string, preset: FlagPreset): void {
  if (!isKept(span)) return;
  let noted = notes.ofSpan.get(span);
  if (noted === undefined) {
    noted = { root: localRootOf(span) ?? span, presets: [preset] };
    notes.ofSpan.set(span, noted);
  }
  noted.flags ??= new Map();
  if (noted.flags.size >= MAX_FLAGS && !noted.flags.has(flag)) return;
  noted.flags.set(flag, variant);
  if (!span.isRecording()) return;
  for (const way of noted.presets) writers[way].add(span, flag, variant, noted.flags);
}
