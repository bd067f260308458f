import { fileURLToPath } from "node:url";
import type { Definition, Definitions } from "@burgee/core";
import type { TestProjectInlineConfiguration } from "vitest/config";

/** Whether all flags of a project are on or off. */
type State = "on" | "off";

/** What the setup file of a project is told. */
export interface ProjectFlags {
  readonly state: State;
  /** The variants it serves, by flag key. */
  readonly overrides: Readonly<Record<string, string>>;
}

declare module "vitest" {
  interface ProvidedContext {
    /** Of a project of `flagProjects`. */
    "burgee.flags"?: ProjectFlags;
  }
}

/** Options of {@link flagProjects}. */
export interface FlagProjectsOptions {
  /** The configuration of the suite, as Vitest's projects have it. `@default true`: the one it is in */
  readonly extends?: string | true;
  /** What comes before `flags on` and `flags off` in the projects' names. `@default nothing` */
  readonly name?: string;
}

/**
 * The whole suite as two projects of Vitest: one where all flags are on, and one where all are off.
 * The tests need not know. Where a test overrides a flag itself, that counts more.
 *
 * An on/off flag is on while its value is `true`, whatever its default. Any other flag is off while it
 * serves its default, and on while it serves the first of its variants that is not. Flags of kind
 * `permission` stay as the rules say: who may do what is not released.
 *
 * @param definitions those of the application, or the ones among them that are to be set
 *
 * @example
 * ```ts
 * // vitest.flags.config.ts
 * import { defineFlags } from "@burgee/core";
 * import { flagProjects } from "@burgee/vitest";
 * import { defineConfig } from "vitest/config";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 *
 * export default defineConfig({ test: { projects: flagProjects(definitions) } });
 * ```
 */
export function flagProjects(
  definitions: Definitions,
  options: FlagProjectsOptions = {},
): TestProjectInlineConfiguration[] {
  const { extends: base = true, name } = options;
  return (["on", "off"] as const).map((state) => ({
    extends: base,
    test: {
      name: name === undefined ? `flags ${state}` : `${name}, flags ${state}`,
      setupFiles: [fileURLToPath(new URL("./setup.js", import.meta.url))],
      provide: { "burgee.flags": { state, overrides: overridesOf(definitions, state) } },
    },
  }));
}

function overridesOf(definitions: Definitions, state: State): Record<string, string> {
  const set = Object.entries(definitions).filter(([, { kind }]) => kind !== "permission");
  return Object.fromEntries(set.map(([key, definition]) => [key, variantIn(state, definition)]));
}

function variantIn(state: State, { variants, default: safe }: Definition): string {
  const names = Object.keys(variants);
  const valued = names.find((name) => variants[name] === (state === "on"));
  const other = state === "on" ? names.find((name) => name !== safe) : safe;
  return valued ?? other ?? safe;
}
