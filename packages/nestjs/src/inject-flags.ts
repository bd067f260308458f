import { Inject } from "@nestjs/common";
import { FlagsService } from "./flags-service.js";
import { DEFAULT_NAME, flagsServiceToken, flagsToken } from "./tokens.js";

/**
 * Injects the application's `Flags`: for jobs (`flags.run`), for health checks, for observers.
 *
 * @param name the `name` given to `FlagsModule.forRoot`. `@default "default"`
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { InjectFlags } from "@burgee/nestjs";
 *
 * export class Invoices {
 *   constructor(@InjectFlags() readonly flags: Flags) {}
 *
 *   send(accountId: string) {
 *     return this.flags.run({ targetingKey: accountId }, (scope) => scope.get("new-invoice"));
 *   }
 * }
 * ```
 */
export function InjectFlags(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(flagsToken(name));
}

/**
 * Injects the {@link FlagsService} of named flags; that of unnamed flags is injected by its class.
 *
 * @example
 * ```ts
 * import { type FlagsService, InjectFlagsService } from "@burgee/nestjs";
 *
 * export class Prices {
 *   constructor(@InjectFlagsService("billing") readonly flags: FlagsService) {}
 *
 *   isNew = () => this.flags.get("new-prices");
 * }
 * ```
 */
export function InjectFlagsService(name = DEFAULT_NAME): PropertyDecorator & ParameterDecorator {
  return Inject(name === DEFAULT_NAME ? FlagsService : flagsServiceToken(name));
}
