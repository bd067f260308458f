import { type Duration, millisecondsOf } from "./duration.js";
import { BurgeeError } from "./errors.js";

/** The longest a cookie may be kept, in milliseconds: a year. */
const LONGEST = 365 * 86_400_000;

/** A cookie that is set for a year at most, out of the reach of scripts. */
export interface CookieOptions {
  readonly name: string;
  /** Whether browsers send it by HTTPS only. `@default true`; `false` for plain HTTP in development */
  readonly secure?: boolean;
  /** How long it is kept: a year at most. `@default "365d"` */
  readonly maxAge?: Duration;
}

/** The value of the first cookie of that name in a request's header; undefined without one. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !header.includes(name)) return undefined;
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** The header that sets a cookie. */
export function setCookie(
  value: string,
  { name, secure = true, maxAge = LONGEST }: CookieOptions,
): string {
  const seconds = Math.floor((millisecondsOf(maxAge) ?? LONGEST) / 1000);
  const base = `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
  return secure ? `${base}; Secure` : base;
}

/** @throws BurgeeError `INVALID_OPTIONS` for a name or a time that no cookie can have */
export function checkCookie({ name, maxAge = LONGEST }: CookieOptions): void {
  checkName("cookie", name);
  const time = millisecondsOf(maxAge);
  if (time !== undefined && time <= LONGEST) return;
  const what = `The cookie ${name} may be kept for a year at most, not ${JSON.stringify(maxAge)}.`;
  throw new BurgeeError("INVALID_OPTIONS", what);
}

/** @throws BurgeeError `INVALID_OPTIONS` for what cannot be a cookie's or a header's name */
export function checkName(what: "cookie" | "header", name: unknown): void {
  if (typeof name === "string" && /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name)) return;
  throw new BurgeeError("INVALID_OPTIONS", `${JSON.stringify(name)} is no name for a ${what}.`);
}
