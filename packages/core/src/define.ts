import { BurgeeError } from "./errors.js";
import { frozenCopy, isRecord, type JsonValue, jsonType } from "./json.js";

/** What a flag is for, and so how long it should live. */
export type FlagKind = "release" | "experiment" | "ops" | "permission";

/** The values of a flag by variant name. */
export type Variants = Readonly<Record<string, JsonValue>>;

/** What is said of a flag besides its variants; none of it changes a value. */
export interface DefinitionNotes {
  readonly description?: string;
  /** The team or person to ask. */
  readonly owner?: string;
  /** What the flag is for. */
  readonly kind?: FlagKind;
  /** The day it was made, `YYYY-MM-DD`. */
  readonly created?: string;
  /** The day by which it should be gone, `YYYY-MM-DD`. */
  readonly expires?: string;
}

/** A flag this application reads: its variants, and the one that is safe to serve. */
export interface Definition<V extends Variants = Variants> extends DefinitionNotes {
  /** The name of the safe variant: served whenever nothing better is known. */
  readonly default: string;
  /** The values by variant name. */
  readonly variants: V;
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
export interface WrittenDefinition extends DefinitionNotes {
  readonly default: string | boolean;
  readonly variants?: readonly string[] | Variants;
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

/** What `defineFlags` makes of definitions as written. */
export type Defined<W> = { readonly [Key in keyof W]: Definition<WrittenVariants<W[Key]>> };

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
 *   "page-size": { default: "small", variants: { small: 10, large: 50 } },
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
  const { variants = { on: true, off: false } } = written;
  return {
    ...written,
    default: typeof written.default === "boolean" ? onOff(written.default) : written.default,
    variants: Array.isArray(variants)
      ? Object.fromEntries(variants.map((name: string) => [name, name]))
      : (variants as Variants),
  };
}

function onOff(value: boolean): keyof OnOff {
  return value ? "on" : "off";
}

function check(key: string, { variants, ...definition }: Definition): string[] {
  const flag = `flag ${JSON.stringify(key)}`;
  if (!isRecord(variants)) return [`${flag}: variants must be names, or values by name`];
  const names = Object.keys(variants);
  const faults: string[] = [];
  if (names.length === 0) faults.push(`${flag}: has no variants`);
  if (!Object.hasOwn(variants, definition.default)) {
    const given = JSON.stringify(definition.default);
    faults.push(`${flag}: default ${given} is none of its variants (${names.join(", ")})`);
  }
  if (new Set(Object.values(variants).map(jsonType)).size > 1) {
    faults.push(`${flag}: variants have values of several types`);
  }
  for (const field of ["created", "expires"] as const) {
    const day = definition[field];
    if (day !== undefined && !isDay(day)) {
      faults.push(`${flag}: ${field} must be a day, YYYY-MM-DD, not ${JSON.stringify(day)}`);
    }
  }
  return faults;
}

function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
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
