import { BurgeeError, type FlagKey, type VariantName } from "@burgee/core";
import type { FactoryProvider, InjectionToken } from "@nestjs/common";
import { FlagsService } from "./flags-service.js";
import { DEFAULT_NAME, flagsServiceToken } from "./tokens.js";

/**
 * Provides a function that gives, of several providers, the one that belongs to the flag's variant in
 * the current request. All of them are made once, so that none is made per request.
 *
 * @param token what the function is injected by
 * @param providers the tokens of the providers, by variant
 * @param options.name the `name` given to `FlagsModule.forRoot`. `@default "default"`
 *
 * @example
 * ```ts
 * import { provideByVariant } from "@burgee/nestjs";
 * import { Inject, Module } from "@nestjs/common";
 *
 * class Bm25Search {
 *   find = (words: string) => [words];
 * }
 *
 * class HybridSearch extends Bm25Search {}
 *
 * export class Shop {
 *   constructor(@Inject("search") readonly search: () => Bm25Search) {}
 *
 *   find = (words: string) => this.search().find(words);
 * }
 *
 * @Module({
 *   providers: [
 *     Shop,
 *     Bm25Search,
 *     HybridSearch,
 *     provideByVariant("search", "search-ranking", { bm25: Bm25Search, hybrid: HybridSearch }),
 *   ],
 * })
 * export class ShopModule {}
 * ```
 */
export function provideByVariant<Key extends FlagKey>(
  token: InjectionToken,
  key: Key,
  providers: { readonly [Name in VariantName<Key>]: InjectionToken },
  { name = DEFAULT_NAME }: { readonly name?: string } = {},
): FactoryProvider<() => unknown> {
  const variants = Object.keys(providers);
  const tokens: readonly InjectionToken[] = Object.values(providers);
  const service = name === DEFAULT_NAME ? FlagsService : flagsServiceToken(name);
  return {
    provide: token,
    inject: [service, ...tokens],
    useFactory(flags: FlagsService, ...instances: readonly unknown[]) {
      const choices = Object.fromEntries(
        variants.map((variant, index) => [variant, { instance: instances[index] }]),
      ) as { [Name in VariantName<Key>]: { readonly instance: unknown } };
      return () => {
        const chosen = flags.scope.choose(key, choices);
        if (chosen !== undefined) return chosen.instance;
        const what = `provideByVariant(${JSON.stringify(key)}) has nothing for the safe variant.`;
        throw new BurgeeError("NO_HANDLER", what, { flag: key });
      };
    },
  };
}
