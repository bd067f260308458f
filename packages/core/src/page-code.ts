import type { Definition, Definitions } from "./define.js";
import { BurgeeError } from "./errors.js";
import type { Flags } from "./flags.js";
import { isRecord, type JsonValue } from "./json.js";
import { keyedHash, toBase64Url, unseal } from "./seal.js";
import { signingOf } from "./signing.js";

/** The most digits of a code's number: a page's file is named by its code, in 255 bytes at most. */
const MAX_DIGITS = 128;

const CODE = new RegExp(`^([\\da-f]{1,${MAX_DIGITS}})-([\\w-]{43})$`);

/** How many codes are kept once they were signed or read: signing one takes 40 µs. */
const MAX_KNOWN = 1000;

/** The names of variants, by flag key. */
type VariantNames = Readonly<Record<string, string>>;

/** Signs and reads the codes of a group of flags: made by {@link createPageCodes}. */
export interface PageCodes {
  /** The definitions of the group's flags. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** How many codes there are: one for each combination of variants. */
  readonly count: bigint;
  /**
   * The code of a variant of each flag: under 180 characters of `A-Z a-z 0-9 - _`, a digit or letter
   * first. Rejects with BurgeeError `INVALID_SECRET` if the Flags have no secret, `INVALID_OPTIONS`
   * without a variant of each flag.
   */
  sign(variants: VariantNames): Promise<string>;
  /**
   * The variants that a code names. Undefined for what is no code of this group as it is defined now,
   * signed with one of the secrets. Never rejects.
   */
  read(code: unknown): Promise<VariantNames | undefined>;
}

/**
 * Codes for the segment of a URL that says which variants of some flags a page, made ahead, shows. A
 * code is bound to the group: its name, its flags' keys, their variants with the values, and the
 * defaults. In what order these are written does not matter; if one of them changes, codes of before
 * are none. So no code can ever be read as a variant that it was not signed for.
 *
 * @param name the group's
 * @param keys the group's flags; none of kind `permission`, since a code can be passed on
 * @throws BurgeeError `INVALID_OPTIONS` for a group that cannot have codes, naming every fault
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { createPageCodes } from "@burgee/core/signed";
 * import { fileStore } from "@burgee/stores/file";
 *
 * const definitions = defineFlags({ "new-header": { default: false } });
 * const secret = process.env["FLAG_SECRET"];
 * const flags = createFlags(definitions, { source: fileStore("flags.json"), secret });
 *
 * const codes = createPageCodes(flags, "home", ["new-header"]);
 * const code = await codes.sign({ "new-header": "on" });
 * console.log(await codes.read(code)); // { "new-header": "on" }
 * ```
 */
export function createPageCodes<D extends Definitions>(
  flags: Flags<D>,
  name: string,
  keys: readonly (keyof D & string)[],
): PageCodes {
  const signing = signingOf(flags);
  const all = signing?.definitions ?? new Map(Object.entries<Definition>(flags.definitions));
  const definitions = pick(all, name, keys);
  const places = [...definitions].sort(byName).map(([key, { variants }]) => {
    return { key, names: Object.keys(variants).sort() };
  });
  const count = places.reduce((product, { names }) => product * BigInt(names.length), 1n);
  if (count.toString(16).length > MAX_DIGITS) {
    throw fault(name, `has ${definitions.size} flags, more than a code can name`);
  }
  const secrets = signing?.secrets() ?? [];
  const codesByNumber = new Map<string, string>();
  const variantsByCode = new Map<string, VariantNames>();
  let bound: Promise<string> | undefined;

  /** What is sealed: a number means something for these definitions only. */
  async function bind(number: string): Promise<string> {
    bound ??= digestOf(name, definitions);
    return `${await bound}-${number}`;
  }

  function numberOf(variants: VariantNames): string {
    let number = 0n;
    for (const { key, names } of places) {
      const place = Object.hasOwn(variants, key) ? names.indexOf(variants[key] as string) : -1;
      if (place < 0) throw fault(name, `was given no variant of flag ${JSON.stringify(key)}`);
      number = number * BigInt(names.length) + BigInt(place);
    }
    return number.toString(16);
  }

  function variantsOf(number: string): VariantNames {
    let rest = BigInt(`0x${number}`);
    const variants = places.toReversed().map(({ key, names }) => {
      const size = BigInt(names.length);
      const place = Number(rest % size);
      rest /= size;
      return [key, names[place] as string];
    });
    return Object.freeze(Object.fromEntries(variants));
  }

  return {
    definitions,
    count,
    async sign(variants) {
      const number = numberOf(variants);
      const known = codesByNumber.get(number);
      if (known !== undefined) return known;
      const [secret] = secrets;
      if (secret === undefined) {
        const what = `Group ${JSON.stringify(name)} needs Flags with a secret: it signs the codes of pages.`;
        throw new BurgeeError("INVALID_SECRET", what);
      }
      const code = `${number}-${await keyedHash(await bind(number), secret, "code")}`;
      remember(codesByNumber, number, code);
      return code;
    },
    async read(code) {
      if (typeof code !== "string" || secrets.length === 0) return undefined;
      const [, number, mac] = CODE.exec(code) ?? [];
      if (number === undefined) return undefined;
      const known = variantsByCode.get(code);
      if (known !== undefined) return known;
      try {
        const opened = await unseal(`${await bind(number)}.${mac}`, secrets, "code");
        if (opened === undefined) return undefined;
      } catch {
        return undefined; // WebCrypto refuses: no code can be told from a wrong one
      }
      const variants = variantsOf(number);
      remember(variantsByCode, code, variants);
      return variants;
    },
  };
}

function pick(
  all: ReadonlyMap<string, Definition>,
  name: unknown,
  keys: readonly string[],
): ReadonlyMap<string, Definition> {
  if (typeof name !== "string" || name === "") throw fault(name, "needs a name");
  const picked = new Map<string, Definition>();
  const faults = keys.length === 0 ? ["has no flags"] : [];
  for (const key of keys) {
    const definition = all.get(key);
    const quoted = JSON.stringify(key);
    if (definition === undefined) faults.push(`names ${quoted}, which is not defined`);
    else if (picked.has(key)) faults.push(`names ${quoted} twice`);
    else if (definition.kind === "permission") {
      faults.push(`names ${quoted}, of kind permission: a page's code can be passed on`);
    } else picked.set(key, definition);
  }
  if (faults.length > 0) throw fault(name, faults.join("; it "));
  return picked;
}

function fault(name: unknown, what: string): BurgeeError {
  return new BurgeeError("INVALID_OPTIONS", `Group ${JSON.stringify(name)} ${what}.`);
}

/** A text that differs as soon as the name, a key, a variant, a value or a default does. */
async function digestOf(
  name: string,
  definitions: ReadonlyMap<string, Definition>,
): Promise<string> {
  const flags = [...definitions].map(([key, { default: safe, variants }]): [string, JsonValue] => [
    key,
    { default: safe, variants },
  ]);
  const written = JSON.stringify([name, sorted(Object.fromEntries(flags))]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(written));
  return toBase64Url(new Uint8Array(digest));
}

/** A value with the keys of all its objects in one order. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>);
  return Object.fromEntries(entries.sort(byName).map(([key, child]) => [key, sorted(child)]));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, value);
}
