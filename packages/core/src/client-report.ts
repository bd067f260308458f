import type { Definitions } from "./define.js";
import type { Flags } from "./flags.js";
import type { ReportedFlag } from "./observer.js";
import { errorTypeNamed } from "./outcome.js";
import { type Receipt, readReceipt } from "./receipt.js";
import { signingOf } from "./signing.js";

/** How many flags of a report are looked at. */
const MAX_FLAGS = 100;

/** What a browser sent; nothing of it is taken at its word. */
export interface SentReport {
  /** The receipt that came with the values. */
  readonly receipt: unknown;
  /** The keys of the flags that were read on the screen. */
  readonly flags: unknown;
  /** The error's class; absent if nothing failed: the flags were seen, and no more. */
  readonly errorType?: unknown;
}

/**
 * Tells the observers what a browser reports: that flags were seen, or an error beside them. Which
 * variants it had been served its receipt says, and which of them were on the screen the report does; a
 * report without a valid receipt names no flag. Of an error, its class is kept and nothing else. Never
 * rejects.
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { acceptReport } from "@burgee/core/signed";
 *
 * export async function report(flags: Flags, body: Readonly<Record<string, unknown>>) {
 *   await acceptReport(flags, { receipt: body["receipt"], flags: body["flags"], errorType: body["type"] });
 * }
 * ```
 */
export async function acceptReport<D extends Definitions>(
  flags: Flags<D>,
  { receipt: token, flags: keys, errorType }: SentReport,
): Promise<void> {
  const signing = signingOf(flags);
  if (!signing?.observers.listenTo("reported")) return;
  const receipt = await readReceipt(flags, token);
  const shown = new Set<unknown>(Array.isArray(keys) ? keys.slice(0, MAX_FLAGS) : []);
  signing.observers.tell("reported", {
    origin: "client",
    verified: receipt !== undefined,
    flags: [...shown].flatMap((key) => served(receipt, key)),
    errorType: errorType === undefined ? undefined : errorTypeNamed(errorType),
    revision: receipt?.revision,
    reportedAt: signing.now(),
  });
}

function served(receipt: Receipt | undefined, key: unknown): readonly ReportedFlag[] {
  const flag = typeof key === "string" ? receipt?.flag(key) : undefined;
  return flag === undefined ? [] : [flag];
}
