import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * What a file of `adapters/` exports: one system, given the spec.
 *
 * @typedef {object} Adapter
 * @property {{ name: string, packages: string[], api: string, notes?: string }} meta
 * @property {(flags: import("./spec.mjs").Flag[]) => string} prepare the spec as the system's own
 *   document; not timed
 * @property {(document: string, flags: import("./spec.mjs").Flag[]) => Promise<Loaded>} load
 *
 * A document that was loaded. What `evaluate` and `evaluateAll` give may be a promise.
 *
 * @typedef {object} Loaded
 * @property {(context: import("./spec.mjs").Context) => unknown} context in the system's own form;
 *   not timed
 * @property {(index: number, context: any) => any} evaluate the details of the flag of that number;
 *   of a missing flag for -1
 * @property {(details: any) => unknown} value
 * @property {(context: any) => any} evaluateAll the details of all flags
 * @property {(all: any) => unknown[][]} values the keys, each with its value
 * @property {() => unknown} close
 */

const folder = new URL("../adapters/", import.meta.url);

/** The adapters by the names of their files. */
export const adapterNames = readdirSync(folder)
  .map((file) => file.replace(/\.mjs$/, ""))
  .sort();

/** Burgee, and what it is held to. */
export const burgee = "burgee";
export const closures = "limit-closures";
export const keyed = "limit-keyed";

export function isPeer(/** @type {string} */ name) {
  return ![burgee, closures, keyed].includes(name);
}

/** @returns {Promise<Adapter>} */
export function loadAdapter(/** @type {string} */ name) {
  return import(new URL(`${name}.mjs`, folder).href);
}

/** What an adapter is called in a table, with the versions of what it calls. */
export async function describe(/** @type {string} */ adapter) {
  const { meta } = await loadAdapter(adapter);
  return { ...meta, versions: meta.packages.map(versionOf) };
}

function versionOf(name) {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : "";
}
