/** Work that is done once after a while. */
export interface Pause {
  /** Begins to wait, anew if it is waiting. */
  begin(): void;
  /** Resolves once the work that is waited with is done; undefined while there is none. */
  readonly over: Promise<void> | undefined;
  /** Drops the work. */
  stop(): void;
}

/** @param time how long is waited, in milliseconds; no process is kept alive for it */
export function createPause(time: number, work: () => Promise<void>): Pause {
  let timer: NodeJS.Timeout | undefined;
  let over: Promise<void> | undefined;
  let end = (): void => {};

  return {
    begin() {
      over ??= new Promise((resolve) => {
        end = resolve;
      });
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const done = end;
        over = undefined;
        await work();
        done();
      }, time).unref();
    },
    get over() {
      return over;
    },
    stop() {
      clearTimeout(timer);
      over = undefined;
      end();
    },
  };
}
