import type { ContextInput } from "./context-input.js";
import { type CookieOptions, checkCookie, checkName, cookieIn, setCookie } from "./cookie.js";
import type { Definitions } from "./define.js";
import type { Flags } from "./flags.js";
import { readOverrides } from "./override-token.js";
import type { Overrides } from "./overrides.js";
import type { FlagScope } from "./scope.js";
import { signingOf } from "./signing.js";
import { type Visitor, visitorId } from "./visitor.js";

/** What an application says of how its requests' scopes are opened. */
export interface RequestScopeOptions<Input> {
  /**
   * Who is asking. A function runs when the request first reads a flag, so it sees what was found
   * later (a user, by authentication); one written `async` is awaited before the next handler.
   *
   * @default an anonymous context
   */
  readonly context?: ContextInput<Input>;
  /**
   * Where requests may bring an override token; of two the header's counts. `false`: nowhere. It is
   * read only where the Flags have a secret.
   *
   * @default a cookie and a header, both named `burgee-overrides`
   */
  readonly overrides?: false | OverrideNames;
  /**
   * The cookie that keeps a visitor's id, which rules see as `visitorId`. It is set if it is absent.
   *
   * @default none
   */
  readonly visitor?: string | CookieOptions;
}

/** What brings override tokens. */
export interface OverrideNames {
  /** A cookie's name, or `false`. `@default "burgee-overrides"` */
  readonly cookie?: string | false;
  /** A header's name, or `false`. `@default "burgee-overrides"` */
  readonly header?: string | false;
}

/** Headers by their names in lower case, as Node has them. */
export type HeadersByName = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A response that cookies can be set on, such as Node's. */
export interface CookieTaker {
  readonly headersSent: boolean;
  appendHeader(name: string, value: string): unknown;
}

const OVERRIDES = "burgee-overrides";
const EVERYWHERE: OverrideNames = {};

/**
 * Opens a scope by what a request's headers say: who asks, what is overridden, which visitor it is.
 * Whoever opens it settles it. A promise only where something has to be awaited.
 *
 * @param request its headers are looked at only where something of theirs is asked for: Node's parses
 * them then
 * @param input what the context function is given
 * @param response what a new visitor's cookie is set on. `@default` it is not set
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { openFromHeaders } from "@burgee/core/signed";
 *
 * export async function answer(flags: Flags, request: Request): Promise<Response> {
 *   const asked = { headers: Object.fromEntries(request.headers) };
 *   const scope = await openFromHeaders(flags, { visitor: "visitor" }, asked, request);
 *   const response = Response.json({ checkout: scope.get("new-checkout") });
 *   scope.settle();
 *   return response;
 * }
 * ```
 */
export function openFromHeaders<D extends Definitions, Input>(
  flags: Flags<D>,
  options: RequestScopeOptions<Input>,
  request: { readonly headers: HeadersByName },
  input: Input,
  response?: CookieTaker,
): FlagScope<D> | Promise<FlagScope<D>> {
  const { context = {}, visitor } = options;
  const token = canOverride(flags) ? tokenIn(request.headers, options.overrides) : undefined;
  if (token === undefined && visitor === undefined) return flags.open(context, { input });

  const open = (overrides: Overrides | undefined, known: Visitor | undefined) => {
    if (known?.set !== undefined && response?.headersSent === false) {
      response.appendHeader("set-cookie", setCookie(known.set, cookieOf(visitor)));
    }
    const attributes = known && { visitorId: known.id };
    return flags.open(context, { input, overrides, attributes });
  };
  const known =
    visitor === undefined
      ? undefined
      : visitorId(flags, cookieIn(cookiesIn(request.headers), cookieOf(visitor).name));
  if (token === undefined && !(known instanceof Promise)) return open(undefined, known);
  return Promise.all([readOverrides(flags, token), known]).then((read) => open(...read));
}

function canOverride(flags: object): boolean {
  return (signingOf(flags)?.secrets().length ?? 0) > 0;
}

function cookiesIn({ cookie }: HeadersByName): string | undefined {
  return cookie === undefined ? undefined : String(cookie);
}

function tokenIn(
  headers: HeadersByName,
  names: false | OverrideNames = EVERYWHERE,
): string | undefined {
  if (names === false) return undefined;
  const { cookie = OVERRIDES, header = OVERRIDES } = names;
  const sent = header === false ? undefined : headers[header.toLowerCase()];
  const token = sent ?? (cookie === false ? undefined : cookieIn(cookiesIn(headers), cookie));
  return token === undefined || token === "" ? undefined : String(token);
}

function cookieOf(visitor: string | CookieOptions = ""): CookieOptions {
  return typeof visitor === "string" ? { name: visitor } : visitor;
}

/**
 * Checks options once, when an adapter is mounted, so that no request has to.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for names that no cookie or header can have
 *
 * @example
 * ```ts
 * import { checkRequestOptions } from "@burgee/core/node";
 *
 * checkRequestOptions({ visitor: "visitor", overrides: { header: false } });
 * ```
 */
export function checkRequestOptions<Input>(options: RequestScopeOptions<Input>): void {
  const { overrides = EVERYWHERE, visitor } = options;
  if (overrides !== false) {
    const { cookie = OVERRIDES, header = OVERRIDES } = overrides;
    if (cookie !== false) checkName("cookie", cookie);
    if (header !== false) checkName("header", header);
  }
  if (visitor !== undefined) checkCookie(cookieOf(visitor));
}
