import type { IncomingMessage, ServerResponse } from "node:http";
import type { Definitions, FlagScope } from "@burgee/core";
import type { FlagPayload } from "@burgee/ofrep/client";
import { currentRecord } from "./current-record.js";
import { registry } from "./registry.js";
import { RequestRecord } from "./request-record.js";
import { sharedBy } from "./share.js";

/**
 * The request's scope in the Pages Router: in `getServerSideProps` and API routes.
 *
 * @example
 * ```ts
 * import type { NextFlags } from "@burgee/next";
 * import { getFlags, payloadOf } from "@burgee/next/pages";
 * import type { GetServerSideProps } from "next";
 *
 * declare const shop: NextFlags<{}, {}>; // import { shop } from "../flags"
 *
 * export const getServerSideProps: GetServerSideProps = async ({ req, res }) => {
 *   const scope = await getFlags(shop, req, res);
 *   return { props: { initial: await payloadOf(shop, scope) } };
 * };
 * ```
 */
export async function getFlags(
  { name }: { readonly name: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<FlagScope> {
  const record = currentRecord() ?? carried(request, response);
  return (await sharedBy(name).scope(record, headersOf(request))) as unknown as FlagScope;
}

function carried(request: IncomingMessage, response: ServerResponse): RequestRecord {
  const record = registry.carried.get(request) ?? new RequestRecord({ request, response });
  registry.carried.set(request, record);
  return record;
}

function headersOf({ headers }: IncomingMessage): Headers {
  const all = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return new Headers(all);
}

/**
 * The client flags' values in a scope, as a page's props: the `initial` of a `<FlagsProvider>`.
 *
 * @example
 * ```ts
 * import type { Definitions, FlagScope } from "@burgee/core";
 * import type { NextFlags } from "@burgee/next";
 * import { payloadOf } from "@burgee/next/pages";
 *
 * export const propsOf = async (shop: NextFlags<{}, {}>, scope: FlagScope) => ({
 *   props: { initial: await payloadOf(shop, scope) },
 * });
 * ```
 */
export async function payloadOf(
  { name }: { readonly name: string },
  scope: FlagScope,
): Promise<FlagPayload> {
  return sharedBy(name).payload(scope as unknown as FlagScope<Definitions>);
}
