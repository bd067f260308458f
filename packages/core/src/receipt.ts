import type { Definitions } from "./define.js";
import type { EvaluationDetails } from "./details.js";
import type { Flags } from "./flags.js";
import { groundsOf } from "./grounds.js";
import { isRecord } from "./json.js";
import type { ReportedFlag } from "./observer.js";
import { fromBase64Url, keyedHash, seal, toBase64Url, unseal } from "./seal.js";
import { type Signing, signingOf } from "./signing.js";

/** How long a receipt is good for, in milliseconds. */
const LIFE = 3_600_000;

/** The longest receipt, in characters: some 600 flags. A report of it still fits into a beacon. */
const MAX_RECEIPT = 32_768;

/** How much of a hash tells units apart, in characters of 6 bits. */
const UNIT_LENGTH = 16;

/** What a browser was served, as its receipt says. */
export interface Receipt {
  /** The id of the revision that the values came from. */
  readonly revision: string | undefined;
  /** Until when it is good, in milliseconds since the epoch. */
  readonly expires: number;
  /** What was served of a flag; undefined for one that the receipt does not name. */
  flag(key: string): ReportedFlag | undefined;
}

/** What a receipt says. */
interface Claims {
  readonly environment: string;
  readonly revision?: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  /** The variants' names, by flag key. */
  readonly flags: Readonly<Record<string, string>>;
  /** A keyed hash of the targeting key, or of the visitor's id; of an anonymous page, a random text. */
  readonly unit: string;
  /** Those of the flags that were split by something else. */
  readonly units?: Readonly<Record<string, string>>;
}

/** A scope, whatever its definitions. */
interface AnyScope {
  peek(key: never): EvaluationDetails<unknown>;
}

/**
 * A receipt over what the client flags serve in a scope, to be handed to the browser with their values: a
 * report that comes back with it tells of these variants and no others. It says for one hour which
 * variants, of which revision, and a keyed hash of who was asking, which nobody can turn back. A flag
 * that is overridden or pinned is not in it: it tells nothing of the rules. It is no exposure.
 *
 * @param scope a scope of these Flags
 * @returns undefined without a secret, and for more flags than a receipt holds (32,768 characters).
 * Never rejects
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { readReceipt, signReceipt } from "@burgee/core/signed";
 *
 * export async function served(flags: Flags) {
 *   const receipt = await signReceipt(flags, flags.scope({ targetingKey: "user-1" }));
 *   return (await readReceipt(flags, receipt))?.flag("new-checkout")?.variant;
 * }
 * ```
 */
export async function signReceipt(
  flags: { readonly client: Definitions },
  scope: AnyScope,
): Promise<string | undefined> {
  const signing = signingOf(flags);
  const [secret] = signing?.secrets() ?? [];
  if (signing === undefined || secret === undefined) return undefined;
  try {
    const claims = await claimsOf(Object.keys(flags.client), scope, signing, secret);
    const text = toBase64Url(new TextEncoder().encode(JSON.stringify(claims)));
    const receipt = await seal(text, secret, "receipt");
    return receipt.length > MAX_RECEIPT ? undefined : receipt;
  } catch {
    return undefined; // no scope, or no WebCrypto
  }
}

async function claimsOf(
  keys: readonly string[],
  scope: AnyScope,
  { environment, now }: Signing,
  secret: string,
): Promise<Claims> {
  const grounds = groundsOf(scope);
  const asking = grounds?.asking();
  const hashOf = async (unit: string) =>
    (await keyedHash(unit, secret, "unit")).slice(0, UNIT_LENGTH);
  const variants: [string, string][] = [];
  const units: [string, string][] = [];
  for (const key of keys) {
    const { variant, split, overridden, pinned } = scope.peek(key as never);
    if (variant === undefined || overridden || pinned) continue;
    variants.push([key, variant]);
    if (split !== undefined && split.unit !== asking) units.push([key, await hashOf(split.unit)]);
  }
  return {
    environment,
    ...(grounds?.revision !== undefined && { revision: grounds.revision }),
    expires: now() + LIFE,
    flags: Object.fromEntries(variants),
    unit: await hashOf(asking ?? crypto.randomUUID()),
    ...(units.length > 0 && { units: Object.fromEntries(units) }),
  };
}

/**
 * What a receipt says. Undefined for what these Flags have not signed, with one of their secrets and
 * in their environment, and once the hour is over. Never rejects.
 *
 * @param token whatever a browser sent for a receipt
 */
export async function readReceipt<D extends Definitions>(
  flags: Flags<D>,
  token: unknown,
): Promise<Receipt | undefined> {
  const signing = signingOf(flags);
  if (signing === undefined) return undefined;
  if (typeof token !== "string" || token.length > MAX_RECEIPT) return undefined;
  const opened = await unseal(token, signing.secrets(), "receipt").catch(() => undefined);
  const claims = opened && parse(opened.text);
  if (claims === undefined || claims.environment !== signing.environment) return undefined;
  const { revision, expires, flags: variants, unit, units = {} } = claims;
  if (!(expires > signing.now())) return undefined;
  return {
    revision,
    expires,
    flag(key) {
      if (!Object.hasOwn(variants, key)) return undefined;
      const own = Object.hasOwn(units, key) ? (units[key] as string) : unit;
      return { flag: key, variant: variants[key] as string, unit: own };
    },
  };
}

/** Undefined for what a later version may have signed. */
function parse(text: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(text)));
    return isRecord(claims) && isRecord(claims["flags"]) && typeof claims["unit"] === "string"
      ? (claims as unknown as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}
