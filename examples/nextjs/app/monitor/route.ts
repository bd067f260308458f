import { shop } from "../../flags";

export const dynamic = "force-dynamic";

/** What each variant of each flag has come to. In a shop that is open, ask who wants to know. */
export function GET(): Response {
  return Response.json(shop.attached.monitor.snapshot());
}
