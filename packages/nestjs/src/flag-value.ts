import { BurgeeError, type FlagKey } from "@burgee/core";
import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import { scopeIn } from "./carrier.js";
import { DEFAULT_NAME } from "./tokens.js";

/** Options of {@link FlagValue}. */
export interface FlagValueOptions {
  /** The `name` given to `FlagsModule.forRoot`. `@default "default"` */
  readonly name?: string;
}

interface Asked extends FlagValueOptions {
  readonly key: FlagKey;
}

const ValueIn = createParamDecorator(
  ({ key, name = DEFAULT_NAME }: Asked, call: ExecutionContext) => {
    const scope = scopeIn(call, name);
    if (scope !== undefined) return scope.get(key);
    const what = `@FlagValue(${JSON.stringify(key)}) found no flags named ${name}.`;
    throw new BurgeeError("NO_SCOPE", what, { flag: key });
  },
);

/**
 * Gives a handler's parameter the flag's value. TypeScript checks the key, but not the parameter's
 * type, which no decorator can see: write `FlagValueOf<Key>`, or read with `FlagsService`, whose `get`
 * is typed.
 *
 * @example
 * ```ts
 * import type { FlagValue as FlagValueOf } from "@burgee/core";
 * import { FlagValue } from "@burgee/nestjs";
 * import { Controller, Get } from "@nestjs/common";
 *
 * @Controller()
 * export class SearchController {
 *   @Get("search")
 *   search(@FlagValue("search-ranking") ranking: FlagValueOf<"search-ranking">) {
 *     return { ranking };
 *   }
 * }
 * ```
 */
export function FlagValue(key: FlagKey, options: FlagValueOptions = {}): ParameterDecorator {
  return ValueIn({ key, ...options });
}
