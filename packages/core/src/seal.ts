/** What texts are sealed for: a seal for one is none for another. */
export type Purpose = "code" | "overrides" | "receipt" | "unit" | "visitor";

/** How many derived keys are kept: an application has a few secrets, and rotates them. */
const MAX_KEYS = 64;

const encoder = new TextEncoder();
const keys = new Map<string, Promise<CryptoKey>>();

/** A text of `A-Z a-z 0-9 - _`, and after a dot its seal: HMAC-SHA-256 under a key derived for the purpose. */
export async function seal(text: string, secret: string, purpose: Purpose): Promise<string> {
  return `${text}.${await keyedHash(text, secret, purpose)}`;
}

/** HMAC-SHA-256 of any text, under a key derived for the purpose: what nobody else can reckon. */
export async function keyedHash(text: string, secret: string, purpose: Purpose): Promise<string> {
  const key = await keyOf(secret, purpose);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return toBase64Url(new Uint8Array(mac));
}

/**
 * The text that was sealed, and which of the secrets sealed it; undefined if none of them did. The
 * comparison takes the same time whatever is wrong.
 */
export async function unseal(
  sealed: string,
  secrets: readonly string[],
  purpose: Purpose,
): Promise<{ readonly text: string; readonly by: number } | undefined> {
  const [, text, seal] = /^([\w-]+)\.([\w-]{43})$/.exec(sealed) ?? [];
  const mac = seal === undefined ? undefined : fromBase64Url(seal);
  if (text === undefined || mac === undefined) return undefined;
  for (const [by, secret] of secrets.entries()) {
    const key = await keyOf(secret, purpose);
    if (await crypto.subtle.verify("HMAC", key, mac, encoder.encode(text))) return { text, by };
  }
  return undefined;
}

/** Bytes in the alphabet of URLs and cookies. */
export function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined for what {@link toBase64Url} does not write: there is one text for the same bytes. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return toBase64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Derived once for each secret and purpose, by HKDF. */
function keyOf(secret: string, purpose: Purpose): Promise<CryptoKey> {
  const name = `${purpose} ${secret}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= MAX_KEYS) keys.clear();
  const key = derive(secret, purpose);
  keys.set(name, key);
  return key;
}

async function derive(secret: string, purpose: Purpose): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, [
    "deriveKey",
  ]);
  const info = encoder.encode(`burgee v1 ${purpose}`);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    root,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
