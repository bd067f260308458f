/** The longest time a timer can wait, in milliseconds; a longer one would be over at once. */
export const LONGEST = 2 ** 31 - 1;

/** One timer that keeps no process alive. */
export interface Alarm {
  /** Rings at a moment, in milliseconds since the epoch, and not at the one set before. */
  set(moment: number | undefined): void;
  /** Never rings again. */
  stop(): void;
}

/** @param now the clock that moments are told by */
export function createAlarm(now: () => number, ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function set(moment: number | undefined): void {
    clearTimeout(timer);
    if (moment === undefined || stopped) return;
    timer = setTimeout(look, Math.min(Math.max(moment - now(), 0), LONGEST), moment);
    (timer as { unref?(): void }).unref?.(); // where there is a process to keep alive
  }

  /** A timer may be early: it waits by another clock, and for so long at most. */
  function look(moment: number): void {
    if (now() < moment) set(moment);
    else ring();
  }

  return {
    set,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
