import { defineFlags, type FlagDefinition, type FlagSet, type JsonValue } from "@burgee/core";

/**
 * What `defineFlags` is to be given for the flags of a document: their variants, with the document's
 * default variant as the default, and the facts that a definition has.
 *
 * @throws BurgeeError `INVALID_DEFINITION` for a document that no definitions can be made of
 */
export function writtenDefinitions({ flags }: FlagSet): Readonly<Record<string, JsonValue>> {
  const written = Object.entries(flags).map(([key, flag]) => [key, writtenOf(flag)] as const);
  const all = Object.fromEntries(written);
  defineFlags(all as unknown as Parameters<typeof defineFlags>[0]);
  return all;
}

function writtenOf(flag: FlagDefinition): { readonly [field: string]: JsonValue } {
  const facts = Object.entries(fields).flatMap(([name, fits]) => {
    const fact = flag.metadata?.[name];
    return typeof fact === "string" && fits(fact) ? [[name, fact] as const] : [];
  });
  const safe = defaultOf(flag);
  return {
    default: isOnOff(flag) ? safe === "on" : safe,
    ...(!isOnOff(flag) && { variants: variantsOf(flag) }),
    ...Object.fromEntries(facts),
  };
}

/** The default variant; without one the variant that is off, or the first. */
function defaultOf({ defaultVariant, variants }: FlagDefinition): string {
  const names = Object.keys(variants);
  return defaultVariant || (names.find((name) => variants[name] === false) ?? names[0] ?? "");
}

function isOnOff({ variants }: FlagDefinition): boolean {
  const { on, off, ...others } = variants;
  return on === true && off === false && Object.keys(others).length === 0;
}

/** Names that are their own values are a list. */
function variantsOf({ variants }: FlagDefinition): JsonValue {
  const entries = Object.entries(variants);
  return entries.every(([name, value]) => name === value)
    ? entries.map(([name]) => name)
    : variants;
}

/** The facts that definitions have, and what may stand there. */
const fields: Readonly<Record<string, (fact: string) => boolean>> = {
  description: () => true,
  owner: () => true,
  kind: (fact) => ["release", "experiment", "ops", "permission"].includes(fact),
  created: isDay,
  expires: isDay,
};

function isDay(fact: string): boolean {
  const time = Date.parse(fact);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === fact;
}
