import { shop } from "../../flags.js";

/** What each variant has come to, and the routes of the traces that Next has made. */
export async function GET(request) {
  await request.text();
  const traces = globalThis.spans
    .getFinishedSpans()
    .map((span) => [span.spanContext().traceId, span.attributes["next.route"]])
    .filter(([, route]) => route !== undefined);
  return Response.json({ ...shop.attached.monitor.snapshot(), traces: Object.fromEntries(traces) });
}
