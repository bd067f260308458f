import type { Definitions, EvaluationDetails } from "@burgee/core";
import type { FlagAnswer, OfrepClient } from "@burgee/ofrep/client";

/** What the hooks read: each flag's answer, or its default until there is one. */
export interface ClientFlags {
  /** A flag's answer now: the same object until it changes. */
  now(key: string): FlagAnswer;
  /** A flag's answer as the page was rendered, for the server and for hydration. */
  rendered(key: string): FlagAnswer;
  /** Calls back at changes, for somebody on the screen who has read the flag. */
  subscribe(key: string, changed: () => void): () => void;
  /** Keeps the values live for somebody who reads none of them now. */
  follow(): () => void;
  /**
   * Tells the server of an error, with the flags that were read on the screen, and by what has failed
   * on its way there.
   */
  report(error: unknown): void;
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
  /** How many on the screen have read each flag. */
  const shown = new Map<string, number>();
  /** What was read by renders that are not on the screen, or not yet. */
  const tried = new Set<string>();
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

  function read(key: string, answer: FlagAnswer | undefined): FlagAnswer {
    if (!shown.has(key)) tried.add(key);
    return answer ?? byDefault(key);
  }

  return {
    now: (key) => read(key, client.get(key)),
    rendered(key) {
      const answer = client.initial(key);
      if (answer !== undefined) scope?.details(key as never);
      return read(key, answer);
    },
    subscribe(key, changed) {
      shown.set(key, (shown.get(key) ?? 0) + 1);
      tried.delete(key);
      const leave = client.subscribe(changed);
      return () => {
        const others = (shown.get(key) ?? 1) - 1;
        if (others === 0) shown.delete(key);
        else shown.set(key, others);
        leave();
      };
    },
    follow: () => client.subscribe(() => {}),
    report(error) {
      client.report(error, [...new Set([...tried, ...shown.keys()])]);
      queueMicrotask(() => tried.clear()); // others may have failed in the same render
    },
  };
}
