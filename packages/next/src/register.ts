import { listenToRequests } from "./listen.js";
import { sharedBy } from "./share.js";

/**
 * Sees each request from now on, so that all parts of Next have one record of it, and follows the
 * flags. In production it renews what Next has cached of them: all now, and each that changes.
 *
 * @param all the results of `createNextFlags`
 * @returns when the first revision is there, or has not come in 5 s; never rejects
 *
 * @example
 * ```ts
 * // instrumentation.ts
 * import type { NextFlags } from "@burgee/next";
 * import { register as registerFlags } from "@burgee/next/instrumentation";
 *
 * declare function load(): Promise<{ shop: NextFlags<{}, {}> }>; // () => import("./flags")
 *
 * export async function register() {
 *   if (process.env["NEXT_RUNTIME"] === "nodejs") {
 *     const { shop } = await load();
 *     await registerFlags(shop);
 *   }
 * }
 * ```
 */
export async function register(...all: readonly { readonly name: string }[]): Promise<void> {
  listenToRequests();
  await Promise.all(all.map(({ name }) => begin(name)));
}

async function begin(name: string): Promise<void> {
  const { flags, revalidation } = sharedBy(name);
  await flags.ready();
  if (process.env["NODE_ENV"] === "production") void revalidation.start();
}
