import { withFlags } from "@burgee/next/proxy";
import { NextResponse } from "next/server";
import { shop } from "./flags.js";

export const proxy = withFlags(shop, (_request, scope) => {
  const response = NextResponse.next();
  response.headers.set("x-new-offers", String(scope.get("new-offers")));
  return response;
});

export const config = { matcher: ["/", "/offers"] };
