import { randomUUID } from "node:crypto";
import type { Flags } from "@burgee/core";
import type {
  DynamicModule,
  FactoryProvider,
  InjectionToken,
  ModuleMetadata,
} from "@nestjs/common";
import { APP_GUARD, APP_INTERCEPTOR } from "@nestjs/core";
import { FlagsApolloPlugin } from "./apollo-plugin.js";
import { FlagsService } from "./flags-service.js";
import { FlagScopeGuard } from "./scope-guard.js";
import { FlagScopeInterceptor } from "./scope-interceptor.js";
import type { Given, Setup } from "./setup.js";
import {
  DEFAULT_NAME,
  flagsServiceToken,
  flagsToken,
  flagsWrapperToken,
  GIVEN,
  SETUP,
  setupToken,
} from "./tokens.js";

/** How an application has its flags. */
export interface FlagsPlace {
  /** What tells them from others in the same application. `@default "default"` */
  readonly name?: string;
  /** Whether every module may inject them without importing this one. `@default true` */
  readonly isGlobal?: boolean;
}

/** How what a module is given is made. */
export interface Making {
  readonly imports?: NonNullable<ModuleMetadata["imports"]>;
  readonly inject?: NonNullable<FactoryProvider["inject"]>;
  useFactory(...injected: readonly unknown[]): Given | Promise<Given>;
}

/** The providers of a module. */
export function contentsOf(
  { name = DEFAULT_NAME, isGlobal = true }: FlagsPlace,
  { imports = [], inject = [], useFactory }: Making,
): Omit<DynamicModule, "module"> {
  const flags = {
    provide: flagsToken(name),
    inject: [GIVEN, { token: flagsWrapperToken(name), optional: true }],
    async useFactory({ flags, ready }: Given, wrap?: (flags: Flags) => Flags) {
      await flags.ready(ready);
      return wrap === undefined ? flags : wrap(flags);
    },
  };
  const setup = {
    provide: setupToken(name),
    inject: [GIVEN, flagsToken(name)],
    useFactory: ({ options }: Given, flags: Flags): Setup => ({ name, flags, options }),
  };
  const from = (provide: InjectionToken, useFactory: (setup: Setup) => unknown) => ({
    provide,
    inject: [setupToken(name)],
    useFactory,
  });
  const service = name === DEFAULT_NAME ? FlagsService : flagsServiceToken(name);
  return {
    global: isGlobal,
    imports,
    providers: [
      { provide: GIVEN, inject, useFactory },
      flags,
      setup,
      from(SETUP, (setup) => setup),
      from(service, (setup) => new FlagsService(setup)),
      from(APP_GUARD, (setup) => new FlagScopeGuard(setup)),
      from(APP_INTERCEPTOR, (setup) => new FlagScopeInterceptor(setup)),
      FlagsApolloPlugin,
      // Nest 10 takes modules that look alike for one
      { provide: "burgee.nestjs.module", useValue: randomUUID() },
    ],
    exports: [setupToken(name), flagsToken(name), service],
  };
}
