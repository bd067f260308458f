import type { FlagScope } from "@burgee/core";
import type { NextFetchEvent, NextRequest } from "next/server.js";
import { recordOf } from "./current-record.js";
import { sharedBy } from "./share.js";

/** A proxy, with the request's scope. */
export type FlaggedProxy<Result> = (
  request: NextRequest,
  scope: FlagScope,
  event: NextFetchEvent,
) => Result | Promise<Result>;

/**
 * Gives a proxy (a middleware, before Next 16) the request's scope, the same that its page has. What
 * it throws is counted against the variants it has read.
 *
 * @example
 * ```ts
 * // proxy.ts
 * import type { NextFlags } from "@burgee/next";
 * import { withFlags } from "@burgee/next/proxy";
 * import { NextResponse } from "next/server.js";
 *
 * declare const shop: NextFlags<{}, {}>; // import { shop } from "./flags"
 *
 * export const proxy = withFlags(shop, (request, scope) =>
 *   scope.gate("new-search")
 *     ? NextResponse.rewrite(new URL("/search/new", request.url))
 *     : NextResponse.next(),
 * );
 * ```
 */
export function withFlags<Result>(
  { name }: { readonly name: string },
  proxy: FlaggedProxy<Result>,
): (request: NextRequest, event: NextFetchEvent) => Promise<Result> {
  return async (request, event) => {
    let own: { settle(): void } | undefined;
    const record = recordOf(request, (begun) => {
      own = begun;
    });
    const scope = (await sharedBy(name).scope(record, request.headers)) as unknown as FlagScope;
    try {
      return await proxy(request, scope, event);
    } catch (error) {
      scope.fail(error);
      throw error;
    } finally {
      own?.settle();
    }
  };
}
