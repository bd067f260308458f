/** How long an exposure waits for others, in milliseconds. */
const BATCH = 1000;

/** How many flags a report names. */
export const MAX_REPORTED = 100;

/** What a server is told of the flags that have been on the screen. */
export interface Exposures {
  /** Flags are on the screen now. */
  add(keys: readonly string[]): void;
  /** Tells what has not been told. */
  flush(): void;
  /** Tells what has not been told, and begins anew: what is still on the screen is told again. */
  renew(): void;
}

/**
 * Tells of each flag once, and of those together that come within a second.
 *
 * @param shown the flags on the screen now
 */
export function createExposures(
  shown: () => readonly string[],
  tell: (keys: readonly string[]) => void,
): Exposures {
  /** In the order they came, so that the first ones are those that were told. */
  const seen = new Set<string>();
  let told = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function add(keys: readonly string[]): void {
    for (const key of keys) seen.add(key);
    waiting ??= setTimeout(flush, BATCH);
  }

  function flush(): void {
    clearTimeout(waiting);
    waiting = undefined;
    for (const key of shown()) seen.add(key);
    const keys = [...seen];
    for (; told < keys.length; told += MAX_REPORTED) tell(keys.slice(told, told + MAX_REPORTED));
    told = keys.length;
  }

  return {
    add,
    flush,
    renew() {
      flush();
      seen.clear();
      told = 0;
      add([]);
    },
  };
}
