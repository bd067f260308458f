import type { FlagSet } from "./flag-set.js";
import type { FlagResolver } from "./resolver.js";
import type { FlagSource } from "./source.js";

/** A resolver's rules are nobody's business but its own. */
const NO_RULES: FlagSet = { flags: {} };

/**
 * A resolver, as a source is followed: what it resolves by has revisions, though no rules.
 *
 * @param changed told the keys of the flags that may come out otherwise; undefined for all
 */
export function resolverSource(
  resolver: FlagResolver,
  changed: (keys: readonly string[] | undefined) => void,
): FlagSource {
  return {
    subscribe: (sink) =>
      resolver.follow({
        next(id, keys) {
          sink.next({ id, flagSet: NO_RULES });
          changed(keys);
        },
        current: () => sink.current(),
        problem: (error) => sink.problem(error),
      }),
  };
}
