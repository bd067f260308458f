import type { Definitions, Flags } from "@burgee/core";
import { acceptReport, type SentReport } from "@burgee/core/signed";
import { isObject, objectIn, TOO_LARGE } from "./body.js";
import type { OfrepLimits } from "./limits.js";
import { createRate } from "./rate.js";

/**
 * Takes what browsers report (the flags that they have shown, and errors), and answers all the same, so
 * that nobody learns from it what counts.
 *
 * @param bodyLimit how many bytes of a report are read
 */
export function createReports<D extends Definitions>(
  flags: Flags<D>,
  bodyLimit: number,
  { reports, reportsPerAddress }: Required<OfrepLimits>,
): (request: Request, address: string | undefined) => Promise<Response> {
  const hasRoom = createRate(reports, reportsPerAddress);

  return async (request, address) => {
    if (hasRoom(address)) {
      const body = await objectIn(request, bodyLimit);
      await acceptReport(flags, reportIn(body === undefined || body === TOO_LARGE ? {} : body));
    }
    return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
  };
}

function reportIn({ receipt, flags, error }: Readonly<Record<string, unknown>>): SentReport {
  if (error === undefined) return { receipt, flags };
  return { receipt, flags, errorType: isObject(error) ? (error["type"] ?? null) : null };
}
