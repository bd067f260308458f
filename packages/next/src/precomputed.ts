import type { Definition, Definitions, JsonValue, ValueOf, VariantOf } from "@burgee/core";
import { type FlagPayload, payloadOf } from "@burgee/ofrep";

/** What a page, made ahead, shows: a variant of each flag of a group. */
export interface Precomputed<D extends Definitions, Key extends keyof D & string> {
  /**
   * Whether the variants are those of a code of the group as it is now; otherwise they are the
   * definitions' defaults.
   */
  readonly isCurrent: boolean;
  /** The value of the flag's variant, as its definition has it: no flag set is read. */
  get<K extends Key>(key: K): ValueOf<D[K]>;
  /** The name of the flag's variant. */
  variant<K extends Key>(key: K): VariantOf<D[K]>;
  /**
   * The values of those flags of the group that browsers may have: the `initial` of a
   * `<FlagsProvider>`, so that the hooks begin with what the page shows.
   */
  payload(): FlagPayload;
}

/**
 * @param definitions of the group's flags
 * @param client of the flags that browsers may have
 * @param variants a name for each flag of the group; undefined: the defaults
 */
export function createPrecomputed<D extends Definitions, Key extends keyof D & string>(
  definitions: ReadonlyMap<string, Definition>,
  client: Definitions,
  variants: Readonly<Record<string, string>> | undefined,
): Precomputed<D, Key> {
  const reason = variants === undefined ? "DEFAULT" : "STATIC";

  function details(key: string) {
    const definition = definitions.get(key);
    const variant = variants === undefined ? definition?.default : variants[key];
    const value = definition?.variants[variant as string] as JsonValue;
    return { value, variant: variant as string, reason, flagMetadata: {} } as const;
  }

  return {
    isCurrent: variants !== undefined,
    get: (key) => details(key).value as ValueOf<D[typeof key]>,
    variant: (key) => details(key).variant as VariantOf<D[typeof key]>,
    payload() {
      const shown = Object.entries(client).filter(([key]) => definitions.has(key));
      return payloadOf({ client: Object.fromEntries(shown) }, { peek: details });
    },
  };
}
