import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { carryScope } from "./carried.js";
import type { ContextInput } from "./context-input.js";
import { type CookieOptions, checkCookie, checkName, cookieIn, setCookie } from "./cookie.js";
import type { Definitions } from "./define.js";
import type { Flags } from "./flags.js";
import { readOverrides } from "./override-token.js";
import type { Overrides } from "./overrides.js";
import type { FlagScope } from "./scope.js";
import { settleOnClose } from "./settle-on-close.js";
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

const OVERRIDES = "burgee-overrides";
const EVERYWHERE: OverrideNames = {};

/**
 * Opens the scope of a request: the request carries it, and it settles once, when the response
 * closes. A promise only where something has to be awaited.
 *
 * @param input what the context function is given: the framework's request
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { openOnRequest } from "@burgee/core/node";
 * import { createServer } from "node:http";
 *
 * export function serve(flags: Flags) {
 *   return createServer(async (request, response) => {
 *     const scope = await openOnRequest(flags, {}, request, response, request);
 *     response.end(String(scope.get("new-checkout")));
 *   });
 * }
 * ```
 */
export function openOnRequest<D extends Definitions, Input>(
  flags: Flags<D>,
  options: RequestScopeOptions<Input>,
  request: IncomingMessage,
  response: ServerResponse,
  input: Input,
): FlagScope<D> | Promise<FlagScope<D>> {
  const { context = {}, visitor } = options;
  const token = canOverride(flags) ? tokenIn(request.headers, options.overrides) : undefined;
  if (token === undefined && visitor === undefined) {
    return begun(flags.open(context, { input }), request, response);
  }

  const open = (overrides: Overrides | undefined, known: Visitor | undefined) => {
    if (known?.set !== undefined && !response.headersSent) {
      response.appendHeader("set-cookie", setCookie(known.set, cookieOf(visitor)));
    }
    const attributes = known && { visitorId: known.id };
    return begun(flags.open(context, { input, overrides, attributes }), request, response);
  };
  const known =
    visitor === undefined
      ? undefined
      : visitorId(flags, cookieIn(request.headers.cookie, cookieOf(visitor).name));
  if (token === undefined && !(known instanceof Promise)) return open(undefined, known);
  return Promise.all([readOverrides(flags, token), known]).then((read) => open(...read));
}

function begun<D extends Definitions>(
  opened: FlagScope<D> | Promise<FlagScope<D>>,
  request: IncomingMessage,
  response: ServerResponse,
): FlagScope<D> | Promise<FlagScope<D>> {
  if (opened instanceof Promise) return opened.then((scope) => begin(scope, request, response));
  return begin(opened, request, response);
}

function begin<D extends Definitions>(
  scope: FlagScope<D>,
  request: IncomingMessage,
  response: ServerResponse,
): FlagScope<D> {
  carryScope(request, scope as unknown as FlagScope);
  settleOnClose(request, response);
  return scope;
}

function canOverride(flags: object): boolean {
  return (signingOf(flags)?.secrets().length ?? 0) > 0;
}

function tokenIn(
  headers: IncomingHttpHeaders,
  names: false | OverrideNames = EVERYWHERE,
): string | undefined {
  if (names === false) return undefined;
  const { cookie = OVERRIDES, header = OVERRIDES } = names;
  const sent = header === false ? undefined : headers[header.toLowerCase()];
  const token = sent ?? (cookie === false ? undefined : cookieIn(headers.cookie, cookie));
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
