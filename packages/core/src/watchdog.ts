/** Ends work that hangs: without an end, its variants would look healthy. */
export interface Watchdog {
  /**
   * Calls back once a unit of work has taken too long; it is watched no more then.
   *
   * @param since when it began, by `performance.now()`
   */
  watch(work: object, since: number, overdue: () => void): void;
  /** Watches a unit of work no longer. */
  forget(work: object): void;
}

interface Watched {
  readonly until: number;
  readonly overdue: () => void;
}

/**
 * One timer for all work. All wait for the same time, so that the first watched is the first due.
 *
 * @param limit how long work may take, in milliseconds
 */
export function createWatchdog(limit: number): Watchdog {
  const watched = new Map<object, Watched>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    timer = undefined;
    const now = performance.now();
    for (const [work, { until, overdue }] of watched) {
      if (until > now) return arm(until - now);
      watched.delete(work);
      overdue();
    }
  }

  function arm(time: number): void {
    timer = setTimeout(look, Math.ceil(time));
    (timer as { unref?(): void }).unref?.(); // where there is a process to keep alive
  }

  return {
    watch(work, since, overdue) {
      watched.set(work, { until: since + limit, overdue });
      if (timer === undefined) arm(limit);
    },
    forget: (work) => void watched.delete(work),
  };
}
