import type { Attributes } from "@opentelemetry/api";
import { type FlagPreset, into, writers } from "./preset.js";

/** What is used of a span of an SDK's that is about to end. */
export interface EndingSpan {
  readonly events: readonly { readonly name: string; attributes?: Attributes }[];
}

/** Puts flags on those of a span's events that are exceptions. */
export function stampExceptions(
  { events }: EndingSpan,
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
