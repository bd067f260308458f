import type { AuditEntry, HistoryQuery } from "@burgee/core";

/**
 * Those entries of a history that are asked for. It reads no further than it has to.
 *
 * @param entries the newest first
 */
export async function* selectEntries(
  entries: Iterable<AuditEntry> | AsyncIterable<AuditEntry>,
  { flag, limit = Number.POSITIVE_INFINITY }: HistoryQuery = {},
): AsyncGenerator<AuditEntry, void> {
  let left = limit;
  if (left <= 0) return;
  for await (const entry of entries) {
    if (flag !== undefined && !Object.hasOwn(entry.flags, flag)) continue;
    yield entry;
    if (--left <= 0) return;
  }
}
