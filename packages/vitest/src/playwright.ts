import { test } from "@playwright/test";
import { type HeaderOptions, overrideHeaders } from "./override-headers.js";
import type { TestOverrides } from "./overrides.js";
import { runInFrame } from "./run-in-frame.js";

export { flagSecret } from "./flag-secret.js";

/** Options of a {@link flagTest}, for `use`. */
export interface FlagUse {
  /** The variants that the application serves to the test's pages, by flag key. `@default none` */
  flags: TestOverrides;
  /** How the application is told of them. `@default that of its Flags: flagSecret(), "production"` */
  flagCookie: Omit<HeaderOptions, "header"> & { readonly name?: string };
}

/**
 * Playwright's `test`, whose pages are served flags as `use` says: each browser context carries an
 * override token for the application at `baseURL`, signed with the secret of the run. It is a cookie, and
 * not a header: it is sent to that application alone, with every kind of request, redirects and
 * `page.request` included, while a header would go to every origin the page asks.
 *
 * @example
 * ```ts
 * import { flagTest as test } from "@burgee/vitest/playwright";
 * import { expect } from "@playwright/test";
 *
 * test.use({ flags: { "new-checkout": "on" } });
 *
 * test("pays on one page", async ({ page }) => {
 *   await page.goto("/checkout");
 *   await expect(page.getByRole("button", { name: "Pay now" })).toBeVisible();
 * });
 * ```
 */
export const flagTest = test.extend<FlagUse>({
  flags: [{}, { option: true }],
  flagCookie: [{}, { option: true }],
  context: async ({ context, baseURL, flags, flagCookie }, use) => {
    const { name = "burgee-overrides", ...options } = flagCookie;
    const signed = await runInFrame(flags, () => overrideHeaders({ ...options, header: name }));
    const { [name]: value } = signed;
    if (value !== undefined) {
      if (baseURL === undefined)
        throw new Error("Flags are overridden for a baseURL: give it one.");
      await context.addCookies([{ name, value, url: baseURL }]);
    }
    await use(context);
  },
});
