import type { Definitions, Flags } from "@burgee/core";
import { acceptReport } from "@burgee/core/signed";
import { isObject, objectIn, TOO_LARGE } from "./body.js";

/** How many reports are looked at in a minute: the rest are let go by. */
const MAX_A_MINUTE = 3000;

const MINUTE = 60_000;

/**
 * Takes the errors that browsers report, and answers all the same, so that nobody learns from it what
 * counts.
 *
 * @param limit how many bytes of a report are read
 */
export function createReports<D extends Definitions>(
  flags: Flags<D>,
  limit: number,
): (request: Request) => Promise<Response> {
  let minute = 0;
  let taken = 0;

  function hasRoom(): boolean {
    const now = Math.floor(performance.now() / MINUTE);
    if (now !== minute) taken = 0;
    minute = now;
    return ++taken <= MAX_A_MINUTE;
  }

  return async (request) => {
    if (hasRoom()) {
      const body = await objectIn(request, limit);
      const sent = body === undefined || body === TOO_LARGE ? {} : body;
      const error = isObject(sent["error"]) ? sent["error"] : {};
      const { receipt, flags: keys } = sent;
      await acceptReport(flags, { receipt, flags: keys, errorType: error["type"] });
    }
    return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
  };
}
