/** The name of the flags of an application that has but one. */
export const DEFAULT_NAME = "default";

/**
 * What Nest knows an application's flags by: for `Test.createTestingModule(…).overrideProvider`, and
 * for factories that inject them.
 *
 * @param name the `name` given to `FlagsModule.forRoot`. `@default "default"`
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { flagsToken } from "@burgee/nestjs";
 *
 * export const revision = {
 *   provide: "REVISION",
 *   inject: [flagsToken()],
 *   useFactory: (flags: Flags) => () => flags.revision,
 * };
 * ```
 */
export function flagsToken(name = DEFAULT_NAME): symbol {
  return Symbol.for(`burgee.nestjs.flags.${name}`);
}

/**
 * What Nest knows by a function that is put around an application's flags before anything is given
 * them: for tests of it. There is none in an application whose modules do not provide one, and export
 * it globally.
 *
 * @param name the `name` given to `FlagsModule.forRoot`. `@default "default"`
 *
 * @example
 * ```ts
 * import type { Flags } from "@burgee/core";
 * import { flagsWrapperToken } from "@burgee/nestjs";
 *
 * export const told = {
 *   provide: flagsWrapperToken(),
 *   useValue(flags: Flags): Flags {
 *     flags.observe({ exposure: ({ flag, variant }) => console.log(flag, variant) });
 *     return flags;
 *   },
 * };
 * ```
 */
export function flagsWrapperToken(name = DEFAULT_NAME): symbol {
  return Symbol.for(`burgee.nestjs.wrapper.${name}`);
}

/** What Nest knows the `FlagsService` of named flags by. */
export function flagsServiceToken(name: string): symbol {
  return Symbol.for(`burgee.nestjs.service.${name}`);
}

/** What one module was given, and its set-up: not those of other names. */
export const GIVEN = Symbol.for("burgee.nestjs.given");
export const SETUP = Symbol.for("burgee.nestjs.setup");

/** What Nest knows the set-up of an application's flags by. */
export function setupToken(name = DEFAULT_NAME): symbol {
  return Symbol.for(`burgee.nestjs.setup.${name}`);
}
