import { later } from "./json.js";
import type { OfrepLimits } from "./limits.js";
import { Listener, type Station } from "./listener.js";

/** How often each listener gets a sign of life, in seconds. */
const KEEP_ALIVE = 30;

/** How many are told at once, at least. */
const MANY = 100;

/** In how many slices they are told, at most: the process has others to serve, too. */
const SLICES = 50;

/** How long it waits between two slices, in milliseconds. */
const BETWEEN_SLICES = 10;

/** When to come back to a server that has enough listeners, in seconds. */
const COME_BACK = 60;

/** A comment, as the protocol has it, and an event: pages notice when that stays away. */
const SIGN_OF_LIFE = `: still here\nevent: heartbeat\ndata: ${KEEP_ALIVE * 1000}\n\n`;

const encoder = new TextEncoder();

/** All who listen. */
export interface Listeners {
  readonly count: number;
  /** What is answered to one listener too many of all, or of an address. */
  refusal(address: string | undefined): Response | undefined;
  /** A new listener's stream. */
  open(address: string | undefined, greeting: string): ReadableStream<Uint8Array>;
  /** Tells all of them the news: many slice by slice, within a second. */
  tell(): void;
  /** Ends all streams; there will be no more. */
  close(): void;
}

/** @param news what there is to say now, at any time */
export function createListeners(
  news: () => string,
  { streams, streamsPerAddress }: Required<OfrepLimits>,
): Listeners {
  const signOfLife = encoder.encode(SIGN_OF_LIFE);
  /** The one that has waited longest for a sign of life first. */
  const listeners = new Set<Listener>();
  const untold = new Set<Listener>();
  const byAddress = new Map<string, number>();
  let due = 0;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let telling: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const station: Station = {
    news: () => encoder.encode(news()),
    joined(listener) {
      if (listeners.size === 0) ticking = unref(setInterval(keepSomeAlive, 1000));
      listeners.add(listener);
      count(listener.address, 1);
    },
    left(listener) {
      if (!listeners.delete(listener)) return;
      untold.delete(listener);
      count(listener.address, -1);
      if (listeners.size === 0) clearInterval(ticking);
    },
  };

  function count(address: string | undefined, more: number): void {
    if (address === undefined) return;
    const streams = (byAddress.get(address) ?? 0) + more;
    if (streams > 0) byAddress.set(address, streams);
    else byAddress.delete(address);
  }

  function keepSomeAlive(): void {
    due += listeners.size;
    for (const listener of listeners) {
      if (due < KEEP_ALIVE) return;
      due -= KEEP_ALIVE;
      listeners.delete(listener);
      listeners.add(listener);
      listener.keepAlive(signOfLife);
    }
  }

  function tellSome(): void {
    const now = station.news();
    let left = Math.max(MANY, Math.ceil(listeners.size / SLICES));
    for (const listener of untold) {
      if (left-- === 0) break;
      untold.delete(listener);
      listener.tell(now);
    }
    telling = untold.size === 0 ? undefined : unref(setTimeout(tellSome, BETWEEN_SLICES));
  }

  return {
    get count() {
      return listeners.size;
    },
    refusal(address) {
      if (closed || listeners.size >= streams) {
        return later(503, "Nobody more can listen now: try again later.", COME_BACK);
      }
      if (address !== undefined && (byAddress.get(address) ?? 0) >= streamsPerAddress) {
        return later(429, "You listen too often: try again later.", COME_BACK);
      }
      return undefined;
    },
    open(address, greeting) {
      const listener = new Listener(station, address);
      const stream = new ReadableStream(listener);
      listener.tell(encoder.encode(greeting));
      return stream;
    },
    tell() {
      for (const listener of listeners) untold.add(listener);
      if (telling === undefined) tellSome();
    },
    close() {
      closed = true;
      clearTimeout(telling);
      for (const listener of listeners) listener.end();
    },
  };
}

/** A timer that keeps no process alive, where there is one. */
function unref<Timer>(timer: Timer): Timer {
  (timer as { unref?(): void }).unref?.();
  return timer;
}
