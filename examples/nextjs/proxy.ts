import { withFlags } from "@burgee/next/proxy";
import { NextResponse } from "next/server";
import { troubleOnTheWay } from "./app/trouble/on-the-way";
import { deals, shop } from "./flags";

/**
 * The deals are static: their visitors are sent to the page that was made for their flags. Who asks
 * for one of those pages by its code is sent back, so that no guess is ever rendered and kept.
 */
export const proxy = withFlags(shop, async (request, scope) => {
  const { pathname } = request.nextUrl;
  if (pathname === "/deals") {
    const code = await shop.precompute(deals, request);
    const headers = { "cache-control": "private, no-cache" }; // the page is everybody's, its choice is not
    return NextResponse.rewrite(new URL(`/${code}/deals`, request.url), { headers });
  }
  if (pathname.endsWith("/deals")) return NextResponse.redirect(new URL("/deals", request.url));
  if (pathname.startsWith("/trouble/")) troubleOnTheWay(request, scope);
  return NextResponse.next();
});

export const config = { matcher: ["/((?!flags/|_next/).*)"] };
