import { BurgeeError } from "@burgee/core";

/** How a source asks. */
export interface Asking {
  readonly fetch: typeof fetch;
  /** Those the user gives, credentials among them: they go to the URL's own origin alone. */
  readonly headers: Headers;
  /** Those of this request. */
  readonly more: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** How many redirects are followed. */
const MAX_REDIRECTS = 5;

/**
 * Asks for a URL and follows redirects; to another origin only where there are no headers that must
 * not go there, and never from https to http.
 *
 * @throws BurgeeError `SOURCE_UNAVAILABLE` for a redirect that is not followed
 */
export async function ask(url: URL, { fetch, headers, more, signal }: Asking): Promise<Response> {
  const sent = new Headers(headers);
  for (const [name, value] of Object.entries(more)) sent.set(name, value);
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(at, {
      headers: sent,
      signal,
      redirect: "manual",
      cache: "no-store",
    });
    const location = isRedirect(response) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    at = redirected(at, location, [...headers.keys()].length > 0);
  }
  throw unavailable(url, `redirects more than ${MAX_REDIRECTS} times`);
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** @throws BurgeeError `SOURCE_UNAVAILABLE` if it must not be followed */
function redirected(from: URL, location: string, secret: boolean): URL {
  if (!URL.canParse(location, from.href)) throw unavailable(from, "redirects to what is no URL");
  const to = new URL(location, from);
  if (to.origin === from.origin) return to;
  const downgraded = to.protocol !== "https:" && to.protocol !== from.protocol;
  if (!secret && !downgraded) return to;
  const why = downgraded ? "which is not encrypted" : "which must not have the headers";
  throw unavailable(from, `redirects to ${to.origin}, ${why}`);
}

/** A problem of a URL, which is named without its query: that may hold a secret. */
export function unavailable(url: URL, what: string, cause?: unknown): BurgeeError {
  const text = `${originOf(url)} ${what}.`;
  return new BurgeeError("SOURCE_UNAVAILABLE", text, cause === undefined ? {} : { cause });
}

/** A URL as messages name it. */
export function originOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
