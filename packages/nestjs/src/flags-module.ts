import { BurgeeError, type Definitions, type Flags } from "@burgee/core";
import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from "@nestjs/common";
import { HttpAdapterHost, ModulesContainer } from "@nestjs/core";
import { contentsOf, type FlagsPlace, type Making } from "./contents.js";
import { watchMercurius } from "./mercurius.js";
import { mountOn } from "./mount.js";
import {
  type FlagsInput,
  type FlagsRequest,
  type FlagsSetupOptions,
  type Given,
  givenIn,
  type Setup,
} from "./setup.js";
import { GIVEN, SETUP, setupToken } from "./tokens.js";

/** Options of {@link FlagsModule.forRoot}. */
export interface FlagsModuleOptions<D extends Definitions = Definitions, Input = FlagsRequest>
  extends FlagsPlace,
    FlagsSetupOptions<D, Input> {}

/** Options of {@link FlagsModule.forRootAsync}. */
export interface FlagsModuleAsyncOptions<D extends Definitions = Definitions, Input = FlagsRequest>
  extends FlagsPlace {
  /** The modules of what is injected. */
  readonly imports?: NonNullable<ModuleMetadata["imports"]>;
  /** What the factory is given. */
  readonly inject?: NonNullable<FactoryProvider["inject"]>;
  /** Makes the flags; they are closed when the application shuts down. */
  readonly useFactory: (
    ...injected: never[]
  ) => FlagsInput<D, Input> | Promise<FlagsInput<D, Input>>;
}

/**
 * Gives an application its flags: each request, message and GraphQL operation a scope, and what is
 * injected. It waits at boot until they are ready, or their time is over.
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { FlagsModule } from "@burgee/nestjs";
 * import { fileStore } from "@burgee/stores/file";
 * import { Module } from "@nestjs/common";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 *
 * @Module({
 *   imports: [
 *     FlagsModule.forRootAsync({
 *       useFactory: () => ({
 *         flags: createFlags(definitions, { source: fileStore("flags.json") }),
 *         context: (request: { user?: { id: string } }) => ({ targetingKey: request.user?.id }),
 *       }),
 *     }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class FlagsModule implements NestModule, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #given: Given;
  readonly #setup: Setup;
  readonly #host: HttpAdapterHost;

  /** @throws BurgeeError `DUPLICATE_FLAGS` if the application has flags of that name already */
  constructor(
    @Inject(GIVEN) given: Given,
    @Inject(SETUP) setup: Setup,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    checkName(setup.name, modules);
    this.#given = given;
    this.#setup = setup;
    this.#host = host;
  }

  /**
   * Flags that exist already: they are left open when the application shuts down, for whoever made
   * them, or with `close: true` closed.
   *
   * @param given the flags, or options
   */
  static forRoot<D extends Definitions>(flags: Flags<D>): DynamicModule;
  static forRoot<D extends Definitions, Input = FlagsRequest>(
    options: FlagsModuleOptions<D, Input>,
  ): DynamicModule;
  static forRoot<D extends Definitions, Input>(
    given: Flags<D> | FlagsModuleOptions<D, Input>,
  ): DynamicModule {
    const place = "flags" in given ? given : {};
    return moduleOf(place, { useFactory: () => givenIn(given, false) });
  }

  /** Flags that a factory makes, with what is injected. */
  static forRootAsync<D extends Definitions, Input = FlagsRequest>(
    options: FlagsModuleAsyncOptions<D, Input>,
  ): DynamicModule {
    const { imports = [], inject = [], useFactory } = options;
    return moduleOf(options, {
      imports,
      inject,
      async useFactory(...injected) {
        return givenIn(await useFactory(...(injected as never[])), true);
      },
    });
  }

  /** Mounts the opening of scopes, before any middleware of a module. */
  configure(_consumer: MiddlewareConsumer): void {
    mountOn(this.#host.httpAdapter, this.#setup);
  }

  onApplicationBootstrap(): void {
    watchMercurius(this.#host.httpAdapter);
  }

  onApplicationShutdown(): void {
    if (this.#given.close) this.#given.flags.close();
  }
}

function moduleOf(place: FlagsPlace, making: Making): DynamicModule {
  return { module: FlagsModule, ...contentsOf(place, making) };
}

function checkName(name: string, modules: ModulesContainer): void {
  const same = [...modules.values()].filter((module) => module.providers.has(setupToken(name)));
  if (same.length < 2) return;
  const what = `The application imports ${same.length} FlagsModules named ${name}.`;
  throw new BurgeeError("DUPLICATE_FLAGS", what);
}
