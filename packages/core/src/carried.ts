import type { FlagScope } from "./scope.js";

const CARRIED = Symbol.for("burgee.carried.v1");

/**
 * The scopes that are carried, by who carries them; one map a process, whatever copy of this package
 * is loaded. A property of the carrier would cost more: to an object whose prototype was set, as
 * Express sets its requests', V8 adds one in over a microsecond.
 */
const holder = globalThis as { [CARRIED]?: WeakMap<object, FlagScope> };
holder[CARRIED] ??= new WeakMap();
const carried = holder[CARRIED];

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
  return carried.get(carrier);
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
  carried.set(carrier, scope);
}
