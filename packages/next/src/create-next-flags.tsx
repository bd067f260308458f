import type { ContextFreeKey, Definitions, FlagScope, Flags, ValueOf } from "@burgee/core";
import type { JSX, ReactNode } from "react";
import { recordOf } from "./current-record.js";
import { createGroup, type Group } from "./group.js";
import { HydratedFlags } from "./hydrated-flags.js";
import { onRequestError } from "./on-request-error.js";
import { register } from "./register.js";
import { registry } from "./registry.js";
import type { RequestRecord } from "./request-record.js";
import { tagOf } from "./revalidation.js";
import { createRoute, type FlagRoute } from "./route.js";
import { share, sharedBy } from "./share.js";
import type { NextFlagsOptions } from "./shared-flags.js";

/** The flags of a Next application, wherever in it they are read. */
export interface NextFlags<D extends Definitions, C extends Definitions, A = undefined> {
  readonly name: string;
  /** The Flags of this process, for all of Next's bundles. */
  readonly flags: Flags<D, C>;
  /** What `attach` has made for them. */
  readonly attached: A;
  /** The definitions of the Flags. */
  readonly definitions: D;
  /** Those of them that browsers may have. */
  readonly client: C;
  /**
   * The request's scope: in server components, metadata, actions and route handlers, the same one.
   * The page that asks is rendered for each request.
   */
  getFlags(): Promise<FlagScope<D>>;
  /**
   * The value of a flag whose definition says `context: "none"`, and no exposure. The page that reads
   * it stays static, and is renewed when the flag changes.
   */
  getStaticFlag<Key extends ContextFreeKey<D>>(key: Key): Promise<ValueOf<D[Key]>>;
  /** The cache tag of a flag: what is cached under it is renewed when the flag changes. */
  tag(key: keyof D & string): string;
  /**
   * A server component that gives the hooks of the client components below it the request's values,
   * and keeps them live.
   */
  HydrateFlags(props: { readonly children?: ReactNode }): JSX.Element;
  /** What `app/flags/[...path]/route.ts` exports. */
  readonly route: FlagRoute;
  /** Names flags that pages made ahead depend on. */
  group<const Key extends keyof D & string>(name: string, keys: readonly Key[]): Group<D, Key>;
  /**
   * In the proxy: the code of the variants that a request has of a group's flags, for the URL it is
   * rewritten to.
   *
   * Rejects with BurgeeError `INVALID_SECRET` if the Flags have no secret.
   */
  precompute<Key extends keyof D & string>(
    group: Group<D, Key>,
    request: Pick<Request, "headers">,
  ): Promise<string>;
  /** In `instrumentation.ts`, in Node: sees each request from now on, and follows the flags. */
  register(): Promise<void>;
  /** In `instrumentation.ts`: counts errors against the variants that their requests have read. */
  readonly onRequestError: typeof onRequestError;
}

/**
 * Names the flags of a Next application. Next evaluates a module once for each of its bundles, in one
 * process; the Flags of a name are made once, when they are first needed. In development they are
 * made again when their module changes, and the old ones are closed.
 *
 * @param create makes the Flags; nothing is read before they are used
 * @throws BurgeeError `INVALID_OPTIONS` for names that no cookie or header can have
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { createNextFlags } from "@burgee/next";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const client = defineFlags({ "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] } });
 *
 * export const shop = createNextFlags(
 *   "shop",
 *   () => createFlags(client, { source: fileStore("flags.json"), client }),
 *   { context: ({ cookie }) => ({ targetingKey: cookie("user") }) },
 * );
 * ```
 */
export function createNextFlags<D extends Definitions, C extends Definitions, A = undefined>(
  name: string,
  create: () => Flags<D, C>,
  options: NextFlagsOptions<D, C, A> = {},
): NextFlags<D, C, A> {
  share(name, create, options);
  const flags = () => sharedBy(name).flags as unknown as Flags<D, C>;

  async function scopeOf(record: RequestRecord, headers: Headers): Promise<FlagScope<D>> {
    return (await sharedBy(name).scope(record, headers)) as unknown as FlagScope<D>;
  }

  async function getFlags(): Promise<FlagScope<D>> {
    const { headers } = await import("next/headers.js");
    const given = (await headers()) as Headers;
    return scopeOf(recordOf(given, settleAfter), given);
  }

  async function payload() {
    return sharedBy(name).payload((await getFlags()) as unknown as FlagScope<Definitions>);
  }

  return {
    name,
    get flags() {
      return flags();
    },
    get attached() {
      return sharedBy(name).attached as A;
    },
    get definitions() {
      return flags().definitions;
    },
    get client() {
      return flags().client;
    },
    getFlags,
    async getStaticFlag(key) {
      const { unstable_cache } = await import("next/cache.js");
      const tag = tagOf(name, key);
      await unstable_cache(async () => 0, [tag], { tags: [tag] })(); // it tags the page
      await flags().ready();
      return registry.outside(() => flags().scope({}).peek(key).value);
    },
    tag: (key) => tagOf(name, key),
    HydrateFlags: ({ children }) => (
      <HydratedFlags name={name} path={sharedBy(name).path} payload={payload()}>
        {children}
      </HydratedFlags>
    ),
    route: createRoute(name),
    group: (group, keys) => createGroup(flags, group, keys),
    async precompute(group, request) {
      const own: RequestRecord[] = [];
      const record = recordOf(request, (begun) => own.push(begun));
      const code = await group.codeOf(await scopeOf(record, request.headers));
      for (const begun of own) begun.settle();
      return code;
    },
    register: () => register({ name }),
    onRequestError,
  };
}

/** Ends the record of a request that was not seen as it came in. */
async function settleAfter(record: RequestRecord): Promise<void> {
  const { after } = await import("next/server.js");
  after(() => record.settle());
}
