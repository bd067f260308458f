import type { FlagStore } from "@burgee/core";
import type { Guard } from "@burgee/monitor";

/** What a guard knows of a flag, and what it wrote, as text. */
export async function verdict(flag: string, guard: Guard, store: FlagStore): Promise<string> {
  const lines = guard.evidence.flatMap(({ treatment, e, threshold, failedTraces }) => [
    `Evidence against ${treatment}: ${Math.round(e)}; ${threshold} trips.`,
    `Its last failed traces: ${failedTraces.join(", ") || "none"}`,
  ]);
  for await (const entry of store.history({ flag })) {
    if (entry.kind !== "guard") continue;
    const { revision, time, actor, kind, reason } = entry;
    lines.push(
      `The audit entry: ${JSON.stringify({ revision, time, actor, kind, reason }, null, 2)}`,
    );
  }
  return lines.join("\n");
}
