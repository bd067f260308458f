import type { FlagScope } from "./scope.js";

/** Where a carrier has its scope: a place that no other code writes, whatever copy of it is loaded. */
const CARRIED = Symbol.for("burgee.carried.v1");

interface Carrier {
  [CARRIED]?: FlagScope;
}

/**
 * The scope that a unit of work carries: a raw Node request, a GraphQL context, the arguments of a
 * message. Undefined if it carries none.
 *
 * @example
 * ```ts
 * import { scopeOn } from "@burgee/core/node";
 * import { createServer } from "node:http";
 *
 * createServer((request, response) => {
 *   response.end(String(scopeOn(request)?.get("new-checkout") ?? false));
 * });
 * ```
 */
export function scopeOn(carrier: object): FlagScope | undefined {
  return (carrier as Carrier)[CARRIED];
}

/**
 * Gives a unit of work its scope.
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { carryScope } from "@burgee/core/node";
 *
 * export function begin(flags: Flags, message: object) {
 *   carryScope(message, flags.scope({}));
 * }
 * ```
 */
export function carryScope(carrier: object, scope: FlagScope): void {
  (carrier as Carrier)[CARRIED] = scope;
}
