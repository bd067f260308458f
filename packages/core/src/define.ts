import { type Duration, millisecondsOf } from "./duration.js";
import { BurgeeError, textOf } from "./errors.js";
import { frozenCopy, isRecord, type JsonValue, jsonType } from "./json.js";

/** What a flag is for, and so how long it should live. */
export type FlagKind = "release" | "experiment" | "ops" | "permission";

/** The values of a flag by variant name. */
export type Variants = Readonly<Record<string, JsonValue>>;

/** What is said of a flag besides its variants, for those who look after it. */
export interface DefinitionNotes {
  readonly description?: string;
  /** The team or person to ask. */
  readonly owner?: string;
  /** What the flag is for. One of kind `permission` is overridden by no request. */
  readonly kind?: FlagKind;
  /** The day it was made, `YYYY-MM-DD`. */
  readonly created?: string;
  /** The day by which it should be gone, `YYYY-MM-DD`. */
  readonly expires?: string;
}

/** The terms on which a flag is served. */
export interface DefinitionTerms {
  /**
   * Whether deciding it needs to know who asks. A flag of `none` is decided without the request's
   * context, whatever its rule says: what reads only such flags is the same for everybody, and can be
   * made ahead.
   *
   * @default "request"
   */
  readonly context?: "none" | "request";
  /**
   * The keys of the on/off flags it depends on. While one of them is not `true`, this flag serves its
   * default with reason DEFAULT, whatever its rule says; looking at them is no exposure.
   *
   * @default none
   */
  readonly requires?: readonly string[];
  /**
   * What serves while the flag set's source is out: what the last known revision decides, for as long
   * as `maxStaleness` allows, or the default at once.
   *
   * @default "last-known"
   */
  readonly onOutage?: "last-known" | "default";
}

/** A flag this application reads: its variants, and the one that is safe to serve. */
export interface Definition<V extends Variants = Variants>
  extends DefinitionNotes,
    DefinitionTerms {
  /** The name of the safe variant: served whenever nothing better is known. */
  readonly default: string;
  /** The values by variant name. */
  readonly variants: V;
  /** How old the last known revision may become in an outage, in milliseconds. `@default` unlimited */
  readonly maxStaleness?: number;
}

/** The flags this application reads, by key. */
export type Definitions = Readonly<Record<string, Definition>>;

/** The value a definition's flag has. */
export type ValueOf<D extends Definition> = D["variants"][keyof D["variants"]];

/** The variant names of a definition's flag. */
export type VariantOf<D extends Definition> = keyof D["variants"] & string;

/**
 * A flag as it is written. A list of strings names variants that are their own values; without
 * `variants` the flag is on/off, and only then `true` and `false` may stand for `"on"` and `"off"`.
 */
export interface WrittenDefinition extends DefinitionNotes, DefinitionTerms {
  readonly default: string | boolean;
  readonly variants?: readonly string[] | Variants;
  /**
   * How old the last known revision may become in an outage before the default serves: milliseconds,
   * or a text such as `"30s"`, `"10m"`, `"24h"`, `"7d"`.
   *
   * @default unlimited
   */
  readonly maxStaleness?: Duration;
}

type OnOff = { readonly on: true; readonly off: false };

type WrittenVariants<W> = W extends { readonly variants: infer V }
  ? V extends readonly string[]
    ? { readonly [Name in V[number]]: Name }
    : V extends Variants
      ? V
      : never
  : OnOff;

type WrittenDefault<W> = W extends { readonly variants: unknown }
  ? keyof WrittenVariants<W> & string
  : boolean | keyof OnOff;

/** Narrows `default` to the variants beside it, and forbids keys that no definition has. */
type Checked<W> = { readonly default: WrittenDefault<W> } & {
  readonly [Extra in Exclude<keyof W, keyof WrittenDefinition>]: never;
};

/** A definition keeps in its type that it needs no context: what may be read ahead is seen there. */
type DefinedFlag<W> = W extends { readonly context: "none" }
  ? Definition<WrittenVariants<W>> & { readonly context: "none" }
  : Definition<WrittenVariants<W>>;

/** What `defineFlags` makes of definitions as written. */
export type Defined<W> = { readonly [Key in keyof W]: DefinedFlag<W[Key]> };

/** The keys of the flags that are decided without a context; of any definitions, any key. */
export type ContextFreeKey<D extends Definitions> = string extends keyof D
  ? string
  : {
      [Key in keyof D]: D[Key] extends { readonly context: "none" } ? Key : never;
    }[keyof D] &
      string;

/**
 * Declares the flags an application reads, each with its safe default. The result is plain, frozen
 * data: import it anywhere, spread several into one.
 *
 * @throws BurgeeError `INVALID_DEFINITION`, naming every fault
 *
 * @example
 * ```ts
 * import { defineFlags } from "@burgee/core";
 *
 * export const shopFlags = defineFlags({
 *   "new-checkout": { default: false, owner: "payments", expires: "2027-02-01" },
 *   "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"], kind: "experiment" },
 *   "page-size": { default: "small", variants: { small: 10, large: 50 }, maxStaleness: "10m" },
 *   "one-click": { default: false, requires: ["new-checkout"], onOutage: "default" },
 * });
 * ```
 */
export function defineFlags<const W extends Readonly<Record<string, WrittenDefinition>>>(
  definitions: W & { readonly [Key in keyof W]: Checked<W[Key]> },
): Defined<W> {
  const faults: string[] = [];
  const defined = Object.entries<WrittenDefinition>(definitions).map(([key, written]) => {
    if (!isRecord(written)) {
      faults.push(`flag ${JSON.stringify(key)}: must be an object with a default`);
      return [key, null];
    }
    const definition = complete(written);
    faults.push(...check(key, definition));
    return [key, frozenCopy(definition as unknown as JsonValue)];
  });
  if (faults.length > 0) throw new BurgeeError("INVALID_DEFINITION", `${faults.join("; ")}.`);
  return Object.freeze(Object.fromEntries(defined)) as Defined<W>;
}

function complete(written: WrittenDefinition): Definition {
  const { variants = { on: true, off: false }, maxStaleness, ...rest } = written;
  return {
    ...rest,
    default: typeof written.default === "boolean" ? onOff(written.default) : written.default,
    variants: Array.isArray(variants)
      ? Object.fromEntries(variants.map((name: string) => [name, name]))
      : (variants as Variants),
    ...(maxStaleness !== undefined && {
      maxStaleness: millisecondsOf(maxStaleness) ?? (maxStaleness as number),
    }),
  };
}

function onOff(value: boolean): keyof OnOff {
  return value ? "on" : "off";
}

function check(key: string, definition: Definition): string[] {
  return [...variantFaults(definition), ...fieldFaults(key, definition)].map(
    (fault) => `flag ${JSON.stringify(key)}: ${fault}`,
  );
}

function variantFaults({ variants, default: safe }: Definition): string[] {
  if (!isRecord(variants)) return ["variants must be names, or values by name"];
  const names = Object.keys(variants);
  const faults: string[] = [];
  if (names.length === 0) faults.push("has no variants");
  if (!Object.hasOwn(variants, safe)) {
    faults.push(`default ${shown(safe)} is none of its variants (${names.join(", ")})`);
  }
  if (new Set(Object.values(variants).map(jsonType)).size > 1) {
    faults.push("variants have values of several types");
  }
  return faults;
}

function fieldFaults(key: string, definition: Definition): string[] {
  const faults = Object.entries(fields).flatMap(([name, { valid, expected }]) => {
    const value: unknown = definition[name as keyof typeof fields];
    if (value === undefined || valid(value)) return [];
    return [`${name} must be ${expected}, not ${shown(value)}`];
  });
  const { requires } = definition;
  if (Array.isArray(requires) && requires.includes(key)) faults.push("requires itself");
  return faults;
}

interface Field {
  valid(value: unknown): boolean;
  readonly expected: string;
}

const text: Field = { valid: (value) => typeof value === "string", expected: "a text" };
const day: Field = { valid: isDay, expected: "a day, YYYY-MM-DD" };

/** What may stand in each optional field. */
const fields: Readonly<
  Record<keyof DefinitionNotes | keyof DefinitionTerms | "maxStaleness", Field>
> = {
  description: text,
  owner: text,
  kind: oneOf<FlagKind>("release", "experiment", "ops", "permission"),
  created: day,
  expires: day,
  context: oneOf("none", "request"),
  requires: {
    valid: (value) => Array.isArray(value) && value.every(text.valid),
    expected: "a list of flags' keys",
  },
  onOutage: oneOf("last-known", "default"),
  maxStaleness: {
    valid: (value) => millisecondsOf(value) !== undefined,
    expected: 'a number of milliseconds or a text such as "30s", "10m", "24h", "7d"',
  },
};

function oneOf<Name extends string>(...names: readonly Name[]): Field {
  const quoted = names.map((name) => JSON.stringify(name));
  return {
    valid: (value) => names.includes(value as Name),
    expected: `one of ${quoted.join(", ")}`,
  };
}

function isDay(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
}

/** A value as a fault quotes it. */
function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : textOf(value);
}

/**
 * Names an application's flags for every adapter: keys, values and variant names are inferred from
 * its members. A member is anything with `definitions`, or a `defineFlags` result; its own name
 * does not matter. While it is empty, keys are any string.
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { memoryStore } from "@burgee/stores/memory";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * export const flags = createFlags(definitions, { source: memoryStore() });
 *
 * declare module "@burgee/core" {
 *   interface Register {
 *     shop: typeof flags;
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Register {}

type DefinitionsOf<Member> = Member extends { readonly definitions: infer D extends Definitions }
  ? D
  : Member;

type RegisteredMember = DefinitionsOf<Register[keyof Register]>;

type KeysOf<Member> = Member extends unknown ? keyof Member & string : never;

type DefinitionAt<Member, Key extends string> = Member extends { readonly [K in Key]: infer D }
  ? D extends Definition
    ? D
    : never
  : never;

/** The definitions of every member of {@link Register}; any definitions while it is empty. */
export type RegisteredDefinitions = [keyof Register] extends [never]
  ? Definitions
  : { readonly [Key in KeysOf<RegisteredMember>]: DefinitionAt<RegisteredMember, Key> };

type ClientDefinitionsOf<Member> = Member extends { readonly client: infer C extends Definitions }
  ? C
  : Member extends Definitions
    ? Member
    : never;

type RegisteredClientMember = ClientDefinitionsOf<Register[keyof Register]>;

/**
 * The registered flags that a browser may have: those of `createFlags`' `client` option, or, in a
 * browser's own program, of a `defineFlags` result that is registered.
 */
export type RegisteredClientDefinitions = [keyof Register] extends [never]
  ? Definitions
  : {
      readonly [Key in KeysOf<RegisteredClientMember>]: DefinitionAt<RegisteredClientMember, Key>;
    };

/** The key of a registered flag that a browser may have. */
export type ClientFlagKey = keyof RegisteredClientDefinitions & string;

/** A registered flag's key. */
export type FlagKey = keyof RegisteredDefinitions & string;

/** The value of a registered flag. */
export type FlagValue<Key extends FlagKey> = ValueOf<RegisteredDefinitions[Key]>;

/** The variant names of a registered flag. */
export type VariantName<Key extends FlagKey> = VariantOf<RegisteredDefinitions[Key]>;

/**
 * Which variants open a gate. An on/off flag needs no `is`: its gate is open while the value is
 * `true`. Any other flag must say.
 */
export type GateVariants<Key extends FlagKey> =
  boolean extends FlagValue<Key>
    ? { readonly is?: VariantName<Key> | readonly VariantName<Key>[] }
    : { readonly is: VariantName<Key> | readonly VariantName<Key>[] };
