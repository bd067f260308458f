import { type Definitions, defineFlags } from "@burgee/core";
import { Failure } from "./failure.js";
import { loadModule } from "./load-module.js";

/**
 * The flags that modules define: every export that `defineFlags` has made, or that has such
 * `definitions`, as what `createFlags` makes.
 *
 * @throws Failure `usage` if a module cannot be loaded, or defines none
 */
export async function loadDefinitions(paths: readonly string[]): Promise<Definitions> {
  let all: Definitions = {};
  for (const path of paths) {
    const found = definitionsIn(await loadModule(path));
    if (found.length === 0) {
      const what = `${path} exports no flags; let it export what defineFlags or createFlags gives.`;
      throw new Failure("usage", what);
    }
    for (const definitions of found) all = { ...all, ...definitions };
  }
  return all;
}

function definitionsIn(module: Readonly<Record<string, unknown>>): Definitions[] {
  const found: Definitions[] = [];
  for (const value of Object.values(module)) {
    const { definitions, close } = Object(value) as Partial<Record<string, unknown>>;
    if (areDefinitions(definitions)) found.push(definitions);
    else if (areDefinitions(value)) found.push(value);
    if (areDefinitions(definitions) && typeof close === "function") close();
  }
  return found;
}

function areDefinitions(value: unknown): value is Definitions {
  if (typeof value !== "object" || value === null) return false;
  const all: unknown[] = Object.values(value);
  if (all.length === 0 || !all.every(isDefinition)) return false;
  defineFlags(value as Definitions); // throws for what is almost one
  return true;
}

function isDefinition(value: unknown): boolean {
  const { default: safe, variants } = Object(value) as Partial<Record<string, unknown>>;
  return typeof safe === "string" && typeof variants === "object" && variants !== null;
}
