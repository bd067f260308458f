import type { FlagDefinition, FlagStore } from "@burgee/core";

/**
 * Tells what a store holds of one flag, now and whenever it may have changed.
 *
 * @param see given undefined while there is no such flag
 * @returns the end of it
 */
export function followFlag(
  store: FlagStore,
  flag: string,
  see: (definition: FlagDefinition | undefined) => void,
): () => void {
  let revision: string | undefined;
  return store.subscribe({
    next(told) {
      const { id, delta } = told;
      const { put = {}, remove = [] } = delta?.flags ?? {};
      const known = delta !== undefined && delta.from === revision;
      revision = id;
      if (known && !Object.hasOwn(put, flag) && !remove.includes(flag)) return;
      const { flags } = told.flagSet; // which a source may have to build
      see(Object.hasOwn(flags, flag) ? flags[flag] : undefined);
    },
    current() {},
    problem() {},
  });
}
