import type { FlagDefinition } from "@burgee/core";
import { Failure } from "../failure.js";
import type { Session } from "../session.js";

/**
 * The variant that is served when in doubt: the default of the flag's definition in code, or else the
 * document's.
 *
 * @returns undefined where neither names a variant of the flag
 */
export async function safeVariantOf(
  { readDefinitions }: Session,
  key: string,
  flag: FlagDefinition,
): Promise<string | undefined> {
  const definitions = (await readDefinitions()) ?? {};
  const defined = Object.hasOwn(definitions, key) ? definitions[key]?.default : undefined;
  return [defined, flag.defaultVariant].find((name): name is string => isVariant(name, flag));
}

/** @throws Failure `usage` if it names none */
export function checkVariant(name: string, key: string, flag: FlagDefinition): string {
  if (isVariant(name, flag)) return name;
  const all = Object.keys(flag.variants).join(", ");
  throw new Failure("usage", `${key} has no variant ${JSON.stringify(name)}; it has ${all}.`);
}

function isVariant(name: unknown, { variants }: FlagDefinition): boolean {
  return typeof name === "string" && Object.hasOwn(variants, name);
}
