import { after, type NextRequest } from "next/server";
import { shop } from "../../../flags";
import { noted } from "../noted";

/** Reads its flags once its response was sent, as route handlers and actions may. */
export function GET(request: NextRequest): Response {
  const user = request.cookies.get("user")?.value ?? "";
  after(async () => {
    noted.after[`${user}, in a route`] = (await shop.getFlags()).get("new-checkout");
  });
  return new Response(null, { status: 204 });
}
