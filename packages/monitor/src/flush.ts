import { BurgeeError, type Duration, millisecondsOf } from "@burgee/core";
import { between } from "./between.js";
import type { Monitor } from "./monitor.js";
import type { MonitorSnapshot } from "./snapshot.js";

/** Takes what was counted since it was called last; what it rejects is given again, with the next. */
export type WriteCounts = (counts: MonitorSnapshot) => unknown;

/** Options of {@link flushCounts}. */
export interface FlushOptions {
  /**
   * How often counts are written.
   *
   * @default never in between
   */
  readonly every?: Duration;
  /**
   * The signals at which they are written, before the process ends.
   *
   * @default ["SIGTERM"]
   */
  readonly signals?: readonly NodeJS.Signals[];
  /**
   * How long the end of the process waits for the last write.
   *
   * @default "2s"
   */
  readonly timeout?: Duration;
  /**
   * Told of a write that failed in between, or at a signal.
   *
   * @default console.warn
   */
  readonly failed?: (error: unknown) => void;
}

/** What tells the listeners of this file, in any copy of it, from an application's. */
const OURS = Symbol.for("burgee.flush.v1");

/** Counts that are written somewhere. */
export interface Flushing {
  /** Writes what was counted since the last time; rejects as the write does, and loses nothing. */
  flush(): Promise<void>;
  /** Writes the rest, and lets go of the timer and of the process's signals. */
  close(): Promise<void>;
}

/**
 * Writes what a monitor counts, and the last of it before the process ends. At a signal that nobody
 * else listens to, the process ends by it once the counts are written. Where the application does
 * listen, ending is its own affair, and what its last requests came to is written as it runs out of
 * work; if it calls `process.exit`, let it `await` {@link Flushing.close} first.
 *
 * @throws BurgeeError `INVALID_OPTIONS` for a time that is none
 *
 * @example
 * ```ts
 * import { appendFile } from "node:fs/promises";
 * import { flushCounts, type Monitor } from "@burgee/monitor";
 *
 * export function keepCounts(monitor: Monitor) {
 *   const write = ({ cells }: { cells: unknown }) =>
 *     appendFile("counts.ndjson", `${JSON.stringify({ at: new Date(), cells })}\n`);
 *   return flushCounts(monitor, write, { every: "10s" });
 * }
 * ```
 */
export function flushCounts(
  monitor: Pick<Monitor, "snapshot">,
  write: WriteCounts,
  {
    every,
    signals = ["SIGTERM"],
    timeout = "2s",
    failed = (error) => console.warn("The monitor's counts could not be written.", error),
  }: FlushOptions = {},
): Flushing {
  const deadline = timeOf("timeout", timeout);
  let written = monitor.snapshot();
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  async function writeRest(): Promise<void> {
    const now = monitor.snapshot();
    const counts = between(written, now);
    if (isEmpty(counts)) return;
    await write(counts);
    written = now;
  }

  /** One write after the other: two at once would write the same counts. */
  function flush(): Promise<void> {
    const flushed = writing.then(writeRest);
    writing = flushed.catch(() => {});
    return flushed;
  }

  const flushContained = () => flush().catch(failed);

  async function end(signal: NodeJS.Signals): Promise<void> {
    const isAlone = process.listeners(signal).every((listener) => OURS in listener);
    await Promise.race([flushContained(), elapsed(deadline)]);
    if (!isAlone || closed) return;
    letGo();
    process.kill(process.pid, signal);
  }

  function letGo(): void {
    closed = true;
    clearInterval(timer);
    for (const signal of signals) process.off(signal, end);
    process.off("beforeExit", flushContained);
  }

  const timer =
    every === undefined ? undefined : setInterval(flushContained, timeOf("every", every));
  timer?.unref();
  end[OURS] = true;
  for (const signal of signals) process.on(signal, end);
  process.once("beforeExit", flushContained);

  return {
    flush,
    close() {
      letGo();
      return flush();
    },
  };
}

function isEmpty({ cells, guards, client }: MonitorSnapshot): boolean {
  const counted = cells.length + client.cells.length + client.unverified;
  return counted === 0 && guards.every(({ trips }) => trips === 0);
}

function elapsed(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time).unref());
}

function timeOf(name: string, given: Duration): number {
  const time = millisecondsOf(given);
  if (time !== undefined && time > 0) return time;
  throw new BurgeeError("INVALID_OPTIONS", `${name} of flushCounts is no time: ${String(given)}.`);
}
