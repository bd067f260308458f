import type { AuditEntry } from "@burgee/core";
import type { Send } from "./client.js";
import { failure } from "./failure.js";
import type { Keys } from "./keys.js";

/** How many entries are fetched at once. */
const PAGE = 100;

/**
 * The audit entries, the newest first. One that cannot be read is left out, which breaks the chain.
 *
 * @throws BurgeeError `SOURCE_UNAVAILABLE` if Redis cannot be read
 */
export async function* historyOf(send: Send, { audit }: Keys): AsyncGenerator<AuditEntry> {
  for (let end = "+"; ; ) {
    const page = await send(["XREVRANGE", audit, end, "-", "COUNT", String(PAGE)]).catch(
      (error) => {
        throw failure(error, `${audit} cannot be read`);
      },
    );
    const entries = page as readonly StreamEntry[];
    for (const [id, fields] of entries) {
      end = `(${id}`;
      const entry = entryOf(fields);
      if (entry !== undefined) yield entry;
    }
    if (entries.length < PAGE) return;
  }
}

type StreamEntry = readonly [id: string, fields: readonly string[]];

function entryOf(fields: readonly string[]): AuditEntry | undefined {
  try {
    const entry = JSON.parse(fields[fields.indexOf("entry") + 1] ?? "");
    return typeof entry?.flags === "object" && entry.flags !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}
