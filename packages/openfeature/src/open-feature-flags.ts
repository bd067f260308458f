import { createFlags, type Definitions, type Flags, type FlagsOptions } from "@burgee/core";
import type { Provider } from "@openfeature/server-sdk";
import { providerResolver } from "./provider-resolver.js";

/** Options of {@link openFeatureFlags}: those of `createFlags` that are not about its source. */
export interface ProviderFlagsOptions<C extends Definitions = Definitions>
  extends Omit<FlagsOptions<C>, "source" | "refresh"> {}

/**
 * The flags of an OpenFeature provider (LaunchDarkly's, Flagsmith's, Unleash's …) as Burgee's: with
 * scopes, guards, telemetry and the monitor. The provider decides; each flag that is defined is resolved
 * when a scope is opened, within 250 ms, or serves its default. A provider that OpenFeature has already
 * is shared with it; any other is initialized by the first use, and closed with the Flags.
 *
 * A variant is known by its name here or by its value; one that is neither serves under the provider's
 * name for it. The provider's own hooks run, and cannot change a value; OpenFeature's do not.
 *
 * @throws BurgeeError `INVALID_DEFINITION`, `INVALID_SECRET`, `INVALID_OPTIONS`
 *
 * @example
 * ```ts
 * import { defineFlags } from "@burgee/core";
 * import { flagMiddleware } from "@burgee/express";
 * import { openFeatureFlags } from "@burgee/openfeature/server";
 * import { InMemoryProvider } from "@openfeature/server-sdk";
 * import express from "express";
 *
 * const provider = new InMemoryProvider(); // or that of a vendor
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * export const flags = openFeatureFlags(provider, definitions);
 *
 * await flags.ready();
 * const app = express();
 * app.use(flagMiddleware(flags, { context: (req) => ({ targetingKey: req.get("x-user") }) }));
 * ```
 */
export function openFeatureFlags<
  D extends Definitions,
  C extends Definitions = Record<never, never>,
>(provider: Provider, definitions: D, options: ProviderFlagsOptions<C> = {}): Flags<D, C> {
  return createFlags(definitions, { ...options, source: providerResolver(provider) });
}
