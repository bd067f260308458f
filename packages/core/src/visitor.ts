import type { Definitions } from "./define.js";
import type { Flags } from "./flags.js";
import { seal, unseal } from "./seal.js";
import { signingOf } from "./signing.js";

/** Who a browser is, before anybody has logged in and after. */
export interface Visitor {
  /** A random UUID; the same in every request that sends the cookie. */
  readonly id: string;
  /** What to set the cookie to; absent if it can stay as it is. */
  readonly set?: string;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** The length of a sealed UUID: nothing longer is looked at. */
const MAX_LENGTH = 80;

/**
 * The id of the visitor whose cookie this is; a new one if it is absent or wrong. Flags with a secret
 * sign it, others take any UUID. Give it to rules as the attribute `visitorId`, so that
 * `percent({ on: 10 }, { by: "visitorId" })` keeps a visitor's variant over a login.
 *
 * @param cookie the cookie's value
 * @returns a promise if the Flags have a secret. It never rejects
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { visitorId } from "@burgee/core/signed";
 *
 * export async function open(flags: Flags, cookie: string | undefined) {
 *   const { id, set } = await visitorId(flags, cookie);
 *   return { scope: await flags.open({}, { attributes: { visitorId: id } }), set };
 * }
 * ```
 */
export function visitorId<D extends Definitions>(
  flags: Flags<D>,
  cookie: string | undefined,
): Visitor | Promise<Visitor> {
  const secrets = signingOf(flags)?.secrets() ?? [];
  const known = typeof cookie === "string" && cookie.length <= MAX_LENGTH ? cookie : undefined;
  if (secrets.length > 0) return signedVisitor(known, secrets);
  if (known !== undefined && UUID.test(known)) return { id: known };
  const id = crypto.randomUUID();
  return { id, set: id };
}

async function signedVisitor(
  cookie: string | undefined,
  secrets: readonly string[],
): Promise<Visitor> {
  const opened =
    cookie === undefined
      ? undefined
      : await unseal(cookie, secrets, "visitor").catch(() => undefined);
  if (opened?.by === 0) return { id: opened.text };
  const id = opened?.text ?? crypto.randomUUID();
  const set = await seal(id, secrets[0] as string, "visitor").catch(() => undefined);
  return { id, ...(set !== undefined && { set }) };
}
