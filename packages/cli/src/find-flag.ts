import type { FlagDefinition, FlagSet, Revision } from "@burgee/core";
import { Failure } from "./failure.js";
import type { OpenStore } from "./open-store.js";

/**
 * What a store holds.
 *
 * @throws Failure `store` if it holds nothing yet
 */
export async function readFlags({ read, name }: OpenStore): Promise<Revision> {
  const held = await read();
  if (held !== undefined) return held;
  const what = `There are no flags at ${name}; seed it with \`burgee apply\`, or name another --store.`;
  throw new Failure("store", what);
}

/** The flag of that key, if there is one. */
export function flagIn({ flags }: FlagSet, key: string): FlagDefinition | undefined {
  return Object.hasOwn(flags, key) ? flags[key] : undefined;
}

/**
 * The flag of that key.
 *
 * @throws Failure `usage` if there is none, naming those there are
 */
export function findFlag(flagSet: FlagSet, key: string, { name }: OpenStore): FlagDefinition {
  const flag = flagIn(flagSet, key);
  if (flag !== undefined) return flag;
  const keys = Object.keys(flagSet.flags);
  const some = keys.length > 20 ? [...keys.slice(0, 20), "…"] : keys;
  const what = `${name} has no flag ${JSON.stringify(key)}; it has ${some.join(", ") || "none"}.`;
  throw new Failure("usage", what);
}
