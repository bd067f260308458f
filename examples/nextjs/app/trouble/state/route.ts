import { sources } from "../counted";
import { noted } from "../noted";

export const dynamic = "force-dynamic";

/** What tests ask this process. */
export function GET(): Response {
  return Response.json({ sources, noted });
}
