import type { TestOverrides } from "./overrides.js";
import { runInFrame } from "./run-in-frame.js";

export { flagSecret } from "./flag-secret.js";
export { type HeaderOptions, overrideHeaders } from "./override-headers.js";
export type { TestOverrides } from "./overrides.js";

/**
 * Runs work in which scopes serve these variants, whatever the rules say: those that any Flags open in
 * it, in all that it awaits and starts. What runs beside it sees nothing of them, and they end with it.
 * In an inner `withFlags` the inner variants count more. Flags of kind `permission` may be among them.
 *
 * @returns what the work returns
 * @throws what the work throws; BurgeeError `UNKNOWN_OVERRIDE`, once the work has ended, if scopes were
 * opened in it, and no flags that have ever opened one have such a key or variant
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { test } from "node:test";
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { memoryStore } from "@burgee/stores/memory";
 * import { withFlags } from "@burgee/vitest/with-flags";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const flags = createFlags(definitions, { source: memoryStore() });
 *
 * test("the new checkout is on", () =>
 *   withFlags({ "new-checkout": "on" }, async () => {
 *     assert(await flags.run({}, (scope) => scope.get("new-checkout")));
 *   }));
 * ```
 */
export function withFlags<Result>(overrides: TestOverrides, work: () => Result): Result {
  return runInFrame(overrides, work);
}
