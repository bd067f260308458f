import { signOverrides } from "@burgee/core/signed";
import { flagSecret } from "./flag-secret.js";
import { currentOverrides } from "./overrides.js";

/** How the application under test is told what is overridden. */
export interface HeaderOptions {
  /** The secret of its Flags. `@default flagSecret()` */
  readonly secret?: string;
  /** Their environment. `@default "production"`, as that of `createFlags` */
  readonly environment?: string;
  /** The header it looks at. `@default "burgee-overrides"` */
  readonly header?: string;
}

/**
 * A header that has an application serve what is overridden here, wherever it runs: for clients that
 * are neither the `fetch` nor the `agent` of `flagTest`. It is good for an hour, and never overrides
 * flags of kind `permission`.
 *
 * @returns no header where nothing is overridden
 * @throws BurgeeError `INVALID_SECRET`; `INVALID_OPTIONS` for more overrides than a token holds, about
 * a hundred
 *
 * @example
 * ```ts
 * import { overrideHeaders, withFlags } from "@burgee/vitest/with-flags";
 *
 * await withFlags({ "new-checkout": "on" }, async () => {
 *   await fetch("http://127.0.0.1:3000/checkout", { headers: await overrideHeaders() });
 * });
 * ```
 */
export async function overrideHeaders(
  options: HeaderOptions = {},
): Promise<Readonly<Record<string, string>>> {
  const { environment = "production", header = "burgee-overrides" } = options;
  const overrides = currentOverrides() ?? {};
  if (Object.keys(overrides).length === 0) return {};
  const secret = options.secret ?? flagSecret();
  return { [header]: await signOverrides(overrides, { secret, environment, expiresIn: "1h" }) };
}
