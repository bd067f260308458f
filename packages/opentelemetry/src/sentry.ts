import type { Observer } from "@burgee/core";

/** How many flags an event carries: as many as Sentry's own integrations keep; the last that were read. */
const MAX_FLAGS = 100;

/** A flag on a scope of Sentry's. */
interface SentryFlag {
  readonly flag: string;
  readonly result: unknown;
}

/** A scope of Sentry's. */
export interface SentryScope {
  getScopeData(): {
    readonly contexts: { readonly flags?: { readonly values: readonly SentryFlag[] } };
  };
  setContext(name: string, context: Record<string, unknown> | null): unknown;
}

/** What is used of an SDK of Sentry's for servers: of `@sentry/node`, and of those that build on it. */
export interface SentrySdk {
  getIsolationScope(): SentryScope;
}

/**
 * Puts the flags that a request has read on the errors that Sentry gets of it, where Sentry shows
 * and searches them: an on/off flag by its value, any other by its variant's name. Call it as the
 * process starts.
 *
 * Sentry gives each request an isolation scope, so that no error carries the flags of another. What
 * runs in none (a job outside `Sentry.withIsolationScope`) puts its flags nowhere.
 *
 * @see https://develop.sentry.dev/sdk/expected-features/#feature-flags
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { sentryFlags } from "@burgee/opentelemetry/sentry";
 * import * as Sentry from "@sentry/node";
 *
 * export const watch = (flags: Flags) => flags.observe(sentryFlags(Sentry));
 * ```
 */
export function sentryFlags(sentry: SentrySdk): Observer {
  const processWide = sentry.getIsolationScope();
  return {
    exposure({ flag, variant, details }) {
      const isolation = sentry.getIsolationScope();
      if (isolation === processWide) return;
      const result = typeof details.value === "boolean" ? details.value : variant;
      const known = isolation.getScopeData().contexts.flags?.values ?? [];
      const values = [...known.filter((other) => other.flag !== flag), { flag, result }];
      isolation.setContext("flags", { values: values.slice(-MAX_FLAGS) });
    },
  };
}
