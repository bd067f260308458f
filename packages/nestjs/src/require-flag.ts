import type { FlagKey } from "@burgee/core";
import { UseGuards } from "@nestjs/common";
import { type RequireFlagArguments, RequireFlagGuard } from "./require-flag-guard.js";

/**
 * Lets a handler, or all handlers of a class, be reached while a flag is on; without `is`, while its
 * value is `true`. On a class and on its handler, both must be open. It is a guard: those above it, the
 * class's and the application's have run before, so the context function sees the user they found.
 *
 * @example
 * ```ts
 * import { RequireFlag } from "@burgee/nestjs";
 * import { Controller, Post } from "@nestjs/common";
 *
 * @Controller("checkout")
 * export class CheckoutController {
 *   @RequireFlag("new-checkout")
 *   @Post()
 *   checkout() {
 *     return { order: 1 };
 *   }
 * }
 * ```
 */
export function RequireFlag<Key extends FlagKey>(
  key: Key,
  ...options: RequireFlagArguments<Key>
): ClassDecorator & MethodDecorator {
  return UseGuards(new RequireFlagGuard(key, ...options));
}
