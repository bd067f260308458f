import type { TimedEvent } from "@opentelemetry/sdk-trace-base";
import { type FlagPreset, into, writers } from "./preset.js";

/** Puts flags on those of a span's events that are exceptions. */
export function stampExceptions(
  events: readonly TimedEvent[],
  flags: ReadonlyMap<string, string> | undefined,
  preset: FlagPreset,
): void {
  if (flags === undefined) return;
  for (const event of events) {
    if (event.name !== "exception") continue;
    event.attributes ??= {};
    writers[preset].all(into(event.attributes), flags);
  }
}
