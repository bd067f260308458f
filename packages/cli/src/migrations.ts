import type { FlagDefinition, FlagMetadata } from "@burgee/core";

/** What the set's metadata says of a migration that was confirmed: `burgee.confirmed.NAME`. */
export const CONFIRMED = "burgee.confirmed.";

/** The database migrations that a flag needs: its metadata `requires`, names with commas between. */
export function migrationsOf({ metadata }: FlagDefinition): readonly string[] {
  const requires = metadata?.["requires"];
  if (typeof requires !== "string") return [];
  return requires.split(",").flatMap((name) => name.trim() || []);
}

/**
 * The migrations that a flag needs and nobody has confirmed. Until there are none it is not to be
 * released: its code would meet a database that is not ready (expand and contract).
 *
 * @param metadata of the flag set
 */
export function unconfirmed(flag: FlagDefinition, metadata: FlagMetadata = {}): readonly string[] {
  return migrationsOf(flag).filter((name) => !metadata[`${CONFIRMED}${name}`]);
}

/** Why a flag is refused, and what to do. */
export function refusalOf(key: string, [name = "", ...others]: readonly string[]): string {
  const more = others.length > 0 ? ` (and ${others.join(", ")})` : "";
  return (
    `flag ${JSON.stringify(key)} needs the migration ${JSON.stringify(name)}${more}, which nobody has ` +
    `confirmed; run it, and then \`burgee confirm ${name} --reason …\``
  );
}
