import type { Definitions } from "@burgee/core";
import type { FlagAnswer, OfrepClient } from "@burgee/ofrep/client";

/** What the hooks read: each flag's answer, or its default until there is one. */
export interface ClientFlags {
  /** A flag's answer now: the same object until it changes. */
  now(key: string): FlagAnswer;
  /** A flag's answer as the page was rendered, for the server and for hydration. */
  rendered(key: string): FlagAnswer;
  subscribe(changed: () => void): () => void;
}

export function createClientFlags(definitions: Definitions, client: OfrepClient): ClientFlags {
  const defaults = new Map(
    Object.entries(definitions).map(([key, { default: variant, variants }]) => [
      key,
      { key, value: variants[variant] ?? null, variant, reason: "DEFAULT" },
    ]),
  );

  /** A key that is not defined has no value, as in a scope. */
  function byDefault(key: string): FlagAnswer {
    const known = defaults.get(key);
    if (known !== undefined) return known;
    const unknown = { key, value: undefined as never, variant: "", reason: "ERROR" };
    defaults.set(key, unknown);
    return unknown;
  }

  return {
    now: (key) => client.get(key) ?? byDefault(key),
    rendered: (key) => client.initial(key) ?? byDefault(key),
    subscribe: client.subscribe,
  };
}
