import type { Definitions } from "./define.js";
import { type Duration, millisecondsOf } from "./duration.js";
import { BurgeeError } from "./errors.js";
import type { Flags } from "./flags.js";
import { isRecord } from "./json.js";
import { type Overrides, overrideOf } from "./overrides.js";
import { fromBase64Url, seal, toBase64Url, unseal } from "./seal.js";
import { type Signing, secretsOf, signingOf } from "./signing.js";

/** The longest token, in characters: with its name it fits into a cookie. */
const MAX_TOKEN = 3800;

/** The longest time a token may be good for, in milliseconds: 30 days. */
const LONGEST = 30 * 86_400_000;

/** For whom {@link signOverrides} signs, and for how long. */
export interface SignOptions {
  /** The secret of the Flags that will read it; of several the first. */
  readonly secret: string | readonly string[];
  /** The environment of those Flags: no other takes the token. */
  readonly environment: string;
  /** How long it is good for: 30 days at most. `@default "24h"` */
  readonly expiresIn?: Duration;
  /** When it begins to be, in milliseconds since the epoch. `@default the clock's` */
  readonly now?: number;
}

/** What a token says. */
interface Claims {
  readonly environment: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/**
 * Signs overrides, so that whoever sends the token (in a cookie or a header) sees those variants.
 *
 * @returns a text that is safe in a cookie, a header and a URL
 * @throws BurgeeError `INVALID_SECRET` for a secret of under 32 characters, `INVALID_OPTIONS` for an
 * environment or a time that is none, or more overrides than a cookie holds
 *
 * @example
 * ```ts
 * import { signOverrides } from "@burgee/core/signed";
 *
 * const token = await signOverrides(
 *   { "new-checkout": "on" },
 *   { secret: process.env["FLAG_SECRET"] ?? "", environment: "staging", expiresIn: "8h" },
 * );
 * console.log(`Cookie: burgee-overrides=${token}`);
 * ```
 */
export async function signOverrides(
  overrides: Overrides,
  { secret, environment, expiresIn = "24h", now = Date.now() }: SignOptions,
): Promise<string> {
  const [signing] = secretsOf(secret);
  const time = millisecondsOf(expiresIn);
  if (signing === undefined) throw new BurgeeError("INVALID_SECRET", "No secret was given.");
  if (typeof environment !== "string" || environment === "") fault("an environment's name");
  if (time === undefined || time > LONGEST) fault("a time of 30 days at most");
  const claims: Claims = { environment, expires: now + (time as number), overrides };
  const text = toBase64Url(new TextEncoder().encode(JSON.stringify(claims)));
  const token = await seal(text, signing, "overrides");
  if (token.length > MAX_TOKEN) fault(`overrides for a token of ${MAX_TOKEN} characters at most`);
  return token;
}

function fault(expected: string): never {
  throw new BurgeeError("INVALID_OPTIONS", `signOverrides needs ${expected}.`);
}

/**
 * The overrides in a token: those that name a flag of these Flags, not of kind `permission`, and one
 * of its variants. What is wrong is left out, counted in `flags.health`, and a problem; without a
 * secret nothing is read.
 *
 * @returns undefined if nothing is left. Never rejects
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { readOverrides } from "@burgee/core/signed";
 *
 * export async function open(flags: Flags, token: string | undefined) {
 *   return flags.open({}, { overrides: await readOverrides(flags, token) });
 * }
 * ```
 */
export async function readOverrides<D extends Definitions>(
  flags: Flags<D>,
  token: unknown,
): Promise<Overrides | undefined> {
  const signing = signingOf(flags);
  if (signing === undefined || signing.secrets().length === 0) return undefined;
  if (token === undefined || token === "") return undefined;
  const claims = await claimsIn(token, signing);
  if (typeof claims === "string") {
    signing.refused(claims);
    return undefined;
  }
  const taken = Object.keys(claims.overrides).flatMap((key) => take(key, claims, signing));
  return taken.length === 0 ? undefined : Object.fromEntries(taken);
}

/** What a token says; a text, why it is not taken. */
async function claimsIn(token: unknown, signing: Signing): Promise<Claims | string> {
  if (typeof token !== "string" || token.length > MAX_TOKEN) return "is no token";
  const opened = await unseal(token, signing.secrets(), "overrides").catch(() => undefined);
  if (opened === undefined) return "is not signed with the secret";
  const claims = parse(opened.text);
  if (claims === undefined) return "says nothing that is understood";
  if (claims.environment !== signing.environment) return "is for another environment";
  return claims.expires > signing.now() ? claims : "has expired";
}

/** Undefined for what a later version may have signed. */
function parse(text: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(text)));
    return isRecord(claims) && isRecord(claims["overrides"])
      ? (claims as unknown as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

function take(key: string, { overrides }: Claims, signing: Signing): readonly [string, string][] {
  const definition = signing.definitions.get(key);
  const variant = definition && overrideOf(overrides as Overrides, key, definition);
  if (variant !== undefined) return [[key, variant]];
  const why =
    definition === undefined
      ? "names a flag that is not defined in code"
      : definition.kind === "permission"
        ? "names a flag of kind permission, which nothing overrides"
        : "names a variant that the flag does not have";
  signing.refused(why, definition && key);
  return [];
}
