import { sharedBy } from "./share.js";

/** What a route file exports. */
export interface FlagRoute {
  GET(request: Request): Promise<Response>;
  POST(request: Request): Promise<Response>;
}

export function createRoute(name: string): FlagRoute {
  return {
    GET: (request) => sharedBy(name).handle(request),
    async POST(request) {
      const { handle, revalidation } = sharedBy(name);
      if (!new URL(request.url).pathname.endsWith("/revalidate")) return handle(request);
      const tags = await revalidation.tagsIn(request);
      if (tags === undefined) return new Response(null, { status: 404 });
      await renew(tags);
      return new Response(null, { status: 204 });
    },
  };
}

async function renew(tags: readonly string[]): Promise<void> {
  const { revalidateTag } = await import("next/cache.js");
  for (const tag of tags) (revalidateTag as Renew)(tag, { expire: 0 });
}

/** Next 16's: 15's takes the tag alone. */
type Renew = (tag: string, profile: { readonly expire: 0 }) => void;
