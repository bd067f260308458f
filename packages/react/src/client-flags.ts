import type { Definitions, EvaluationDetails } from "@burgee/core";
import type { FlagAnswer, OfrepClient } from "@burgee/ofrep/client";

/** One flag, as `useSyncExternalStore` reads it. */
export interface ClientFlag {
  /** The flag is on the screen, and calls back at changes, until the returned function is called. */
  readonly subscribe: (changed: () => void) => () => void;
  /** Its answer now: the same object until it changes. */
  readonly now: () => FlagAnswer;
  /** Its answer as the page was rendered, for the server and for hydration. */
  readonly rendered: () => FlagAnswer;
}

/** What the hooks read: each flag's answer, or its default until there is one. */
export interface ClientFlags {
  readonly client: OfrepClient;
  /** These flags are on the screen, as one flag is by its own `subscribe`. */
  readonly subscribe: OfrepClient["subscribe"];
  /** A flag: the same object at every call. One that is not defined has no value. */
  flag(key: string): ClientFlag;
}

/** A scope of a server's request, whatever its definitions. */
export interface ServerScope {
  details(key: never): EvaluationDetails<unknown>;
}

/** @param scope where reads are exposures, while a server renders */
export function createClientFlags(
  definitions: Definitions,
  client: OfrepClient,
  scope: ServerScope | undefined,
): ClientFlags {
  const flags = new Map<string, ClientFlag>();

  function create(key: string): ClientFlag {
    const defined = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
    const variant = defined?.default ?? "";
    const value = defined?.variants[variant] as FlagAnswer["value"];
    const byDefault = { key, value, variant, reason: defined ? "DEFAULT" : "ERROR" };
    return {
      subscribe: (changed) => client.subscribe(changed, [key]),
      now: () => client.get(key) ?? byDefault,
      rendered() {
        const answer = client.initial(key);
        if (answer !== undefined) scope?.details(key as never);
        return answer ?? byDefault;
      },
    };
  }

  return {
    client,
    subscribe: client.subscribe,
    flag(key) {
      let flag = flags.get(key);
      if (flag === undefined) {
        flag = create(key);
        flags.set(key, flag);
      }
      return flag;
    },
  };
}
