import { randomBytes } from "node:crypto";

const VARIABLE = "BURGEE_TEST_SECRET";

/**
 * The secret of this run of tests: made at random by the process that asks first, and the same in every
 * process started from it, which inherits it as the environment variable `BURGEE_TEST_SECRET`. Give it
 * to the application under test, as its `secret`: then it takes the overrides of these tests, and of
 * nobody else.
 *
 * @example
 * ```ts
 * // vitest.config.ts
 * import { flagSecret } from "@burgee/vitest/with-flags";
 * import { defineConfig } from "vitest/config";
 *
 * export default defineConfig({ test: { env: { FLAG_SECRET: flagSecret() } } });
 * ```
 */
export function flagSecret(): string {
  process.env[VARIABLE] ??= randomBytes(32).toString("hex");
  return process.env[VARIABLE];
}
