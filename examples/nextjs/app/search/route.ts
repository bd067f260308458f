import type { NextRequest } from "next/server";
import { shop } from "../../flags";
import { ranked } from "../../products";

export async function GET(request: NextRequest): Promise<Response> {
  const flags = await shop.getFlags();
  const ranking = flags.get("search-ranking");
  const found = ranked(ranking, request.nextUrl.searchParams.get("q") ?? "");
  return Response.json({ ranking, found: found.map(({ name }) => name) });
}
