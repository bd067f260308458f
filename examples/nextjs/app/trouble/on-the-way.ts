import type { FlagScope } from "@burgee/core";
import type { NextRequest } from "next/server";
import { failIfNew } from "./fail";

/** Trouble in the proxy, for the path that asks for it. */
export function troubleOnTheWay(request: NextRequest, flags: Pick<FlagScope, "get">): void {
  if (request.nextUrl.pathname === "/trouble/on-the-way") failIfNew(flags);
}
