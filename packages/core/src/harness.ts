import type { Flags } from "./flags.js";
import type { Overrides } from "./overrides.js";

/**
 * What a test harness has to say of scopes. It is empty, and nothing of Burgee's that serves requests
 * ever fills it: only a program that imports it does, as `@burgee/vitest/with-flags`.
 */
export interface Harness {
  /**
   * Called whenever Flags are about to open a scope: which variants it shall serve whatever the rules
   * say. It is the program's own code that asks, so that flags of kind `permission` are among them;
   * what the scope is opened with itself (a token, the `overrides` option) still counts more.
   */
  overrides?: (flags: Flags) => Overrides | undefined;
}

const HARNESS = Symbol.for("burgee.harness.v1");
const holder = globalThis as { [HARNESS]?: Harness };
holder[HARNESS] ??= {};

/**
 * The harness of this process: one, whatever copy of this package is loaded.
 *
 * @example
 * ```ts
 * import { harness } from "@burgee/core/harness";
 *
 * harness.overrides = () => ({ "new-checkout": "on" });
 * ```
 */
export const harness = holder[HARNESS];
