import { currentRecord } from "./current-record.js";

/**
 * Counts an error that Next reports (of a server component, before streaming began or after, an
 * action, a route handler) against every variant that its request has read. `redirect()` and
 * `notFound()` are none.
 *
 * @example
 * ```ts
 * // instrumentation.ts
 * export { onRequestError } from "@burgee/next/instrumentation";
 * ```
 */
export function onRequestError(error: unknown, ..._about: readonly unknown[]): void {
  currentRecord()?.fail(error);
}
