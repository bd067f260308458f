import { createFlags, type Definitions, type FlagSource, type Flags } from "@burgee/core";
import { FlagsModule, flagsWrapperToken } from "@burgee/nestjs";
import { type DynamicModule, Module } from "@nestjs/common";
import type { TestOverrides } from "./overrides.js";
import { runInFrame } from "./run-in-frame.js";

/** Options of {@link FlagsTestingModule.with}. */
export interface FlagsTestingOptions {
  /**
   * The flags' definitions, where no imported module is a `FlagsModule`: then this is one. All that is
   * not overridden serves its default.
   */
  readonly definitions?: Definitions;
  /** The `name` given to `FlagsModule.forRoot`. `@default "default"` */
  readonly name?: string;
}

/**
 * Overrides flags in an application that is tested, for whatever opens their scopes: requests,
 * messages, jobs. Other applications in the same process see nothing of it, also where their flags are
 * the same object.
 *
 * @example
 * ```ts
 * import { FlagsTestingModule } from "@burgee/vitest/nestjs";
 * import { Test } from "@nestjs/testing";
 *
 * class AppModule {}
 *
 * const testing = await Test.createTestingModule({
 *   imports: [AppModule, FlagsTestingModule.with({ "new-checkout": "on" })],
 * }).compile();
 * ```
 */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of Nest's is a class
export class FlagsTestingModule {
  /** A module that overrides these flags: import it beside the application's own. */
  static with(
    overrides: TestOverrides,
    { definitions, name }: FlagsTestingOptions = {},
  ): DynamicModule {
    const wrapper = {
      provide: flagsWrapperToken(name),
      useValue: (flags: Flags) => under(overrides, flags),
    };
    return {
      module: FlagsTestingModule,
      global: true,
      imports: definitions === undefined ? [] : [moduleOf(definitions, name)],
      providers: [wrapper],
      exports: [wrapper],
    };
  }
}

/** The same flags, opened in a frame. */
function under(overrides: TestOverrides, flags: Flags): Flags {
  const within =
    <Given extends readonly unknown[], Result>(open: (...given: Given) => Result) =>
    (...given: Given): Result =>
      runInFrame(overrides, () => open(...given), { shared: true });
  return Object.create(flags, {
    open: { value: within(flags.open) },
    scope: { value: within(flags.scope) },
    run: { value: within(flags.run) },
  });
}

function moduleOf(definitions: Definitions, name = "default"): DynamicModule {
  const flags = createFlags(definitions, { source: defaultsOf(definitions) });
  return FlagsModule.forRoot({ flags, name, close: true });
}

/** Where each flag serves its default. */
function defaultsOf(definitions: Definitions): FlagSource {
  const flags = Object.fromEntries(
    Object.entries(definitions).map(([key, { variants, default: defaultVariant }]) => {
      return [key, { state: "ENABLED" as const, variants, defaultVariant }];
    }),
  );
  return {
    subscribe(sink) {
      sink.next({ id: "defaults", flagSet: { flags } });
      return () => {};
    },
  };
}
