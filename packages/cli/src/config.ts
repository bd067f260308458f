/** What `burgee.config.ts` says. Each field can be given on the command line, or in the environment, too. */
export interface BurgeeConfig {
  /** The flag document in Git, from the folder of the configuration. `@default "flags.json"` */
  readonly file?: string;
  /**
   * Where the flags are served from: a path, or a URL such as `redis://localhost:6379`.
   *
   * @default the file
   */
  readonly store?: string;
  /** What the flag set is called in Redis. */
  readonly key?: string;
  /** Modules that export what `defineFlags` or `createFlags` has made. */
  readonly definitions?: string | readonly string[];
  /** Where the code is that reads flags: globs. `@default` every source file beside the configuration */
  readonly sources?: string | readonly string[];
  /** A file of evaluation contexts, such as a day's visitors: what a change is tried on. */
  readonly contexts?: string;
}

/**
 * Types the configuration of the command: what `burgee.config.ts` exports by default.
 *
 * @example
 * ```ts
 * import { defineConfig } from "@burgee/cli";
 *
 * export default defineConfig({
 *   file: "flags.json",
 *   store: "redis://localhost:6379",
 *   key: "shop-production",
 *   definitions: "src/flags.ts",
 * });
 * ```
 */
export function defineConfig(config: BurgeeConfig): BurgeeConfig {
  return config;
}
