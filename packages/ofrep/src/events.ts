import { changesBefore, type EvaluationContext, type Observer } from "@burgee/core";
import { later } from "./json.js";
import type { OfrepLimits } from "./limits.js";
import { Listener, type Station } from "./listener.js";

/** How often each listener gets a sign of life, in seconds. */
const KEEP_ALIVE = 30;

/** From how many listeners on they are asked not to fetch all at once. */
const MANY = 100;

/** In how many slices listeners are told, at most: the process has others to serve, too. */
const SLICES = 50;

/** How long it waits between two slices, in milliseconds. */
const BETWEEN_SLICES = 10;

/** The longest that a listener is asked to wait before fetching, in milliseconds. */
const MAX_SPREAD = 10_000;

/** When to come back to a server that has enough listeners, in seconds. */
const COME_BACK = 60;

/** One stream of changes for all who listen. */
export interface Events {
  /** How far whoever was answered in a scope has followed; undefined for another package's scope. */
  version(scope: object): string | undefined;
  /**
   * A new listener's stream. One that has not followed to this moment, or does not say how far, is told
   * at once to ask again.
   */
  open(request: Request, address: string | undefined): Response;
  /** Ends all streams. */
  close(): void;
}

/** Flags, whatever their definitions. */
interface FollowedFlags {
  observe(observer: Observer): () => void;
  scope(context: EvaluationContext): object;
}

/**
 * Says `refetchEvaluation` to all who listen whenever a flag that concerns them may have a new value. Many
 * are told slice by slice, within a second, and in which time (`withinMs`) to spread their requests.
 */
export function createEvents(
  flags: FollowedFlags,
  concerns: (key: string) => boolean,
  { streams, streamsPerAddress }: Required<OfrepLimits>,
): Events {
  const encoder = new TextEncoder();
  /** A comment, as the protocol has it, and an event: pages notice when that stays away. */
  const signOfLife = encoder.encode(
    `: still here\nevent: heartbeat\ndata: ${KEEP_ALIVE * 1000}\n\n`,
  );
  /** The one who has waited longest for a sign of life first. */
  const listeners = new Set<Listener>();
  const untold = new Set<Listener>();
  const byAddress = new Map<string, number>();
  /** How many changes there had been with the last one that concerns them. */
  let latest = 0;
  let changedAt = Date.now();
  let boot: string | undefined;
  let due = 0;
  let ticking: ReturnType<typeof setInterval> | undefined;
  let telling: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const station: Station = {
    news: () => encoder.encode(refetch()),
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

  /** A count of changes, which means nothing to another process or after a restart. */
  function versionAt(changes: number): string {
    boot ??= crypto.randomUUID().slice(0, 8); // some runtimes give no random numbers earlier
    return `${boot}-${changes}`;
  }

  function hasFollowed(known: string | null | undefined): boolean {
    const changes = Number(known?.split("-")[1]);
    return changes >= latest && known === versionAt(changes);
  }

  function refetch(): string {
    const lastModified = Math.floor(changedAt / 1000);
    const withinMs = Math.min(listeners.size, MAX_SPREAD);
    const spread = listeners.size < MANY ? {} : { withinMs };
    const data = JSON.stringify({ type: "refetchEvaluation", lastModified, ...spread });
    return `event: message\nid: ${versionAt(latest)}\ndata: ${data}\n\n`;
  }

  /** Who reads too slowly to be told twice is told once: in either case it is to fetch what is now. */
  function tellAll(): void {
    for (const listener of listeners) untold.add(listener);
    if (telling === undefined) tellSome();
  }

  function tellSome(): void {
    const news = station.news();
    let left = Math.max(MANY, Math.ceil(listeners.size / SLICES));
    for (const listener of untold) {
      if (left-- === 0) break;
      untold.delete(listener);
      listener.tell(news);
    }
    telling = untold.size === 0 ? undefined : unref(setTimeout(tellSome, BETWEEN_SLICES));
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

  const forget = flags.observe({
    changed({ keys }) {
      if (!keys.some(concerns)) return;
      latest = changesBefore(flags.scope({})) ?? latest + 1;
      changedAt = Date.now();
      tellAll();
    },
  });

  return {
    version(scope) {
      const changes = changesBefore(scope);
      return changes === undefined ? undefined : versionAt(changes);
    },
    open({ url, headers }, address) {
      if (closed || listeners.size >= streams) {
        return later(503, "There are too many listeners: try again later.", COME_BACK);
      }
      if (address !== undefined && (byAddress.get(address) ?? 0) >= streamsPerAddress) {
        return later(429, "You listen too often: try again later.", COME_BACK);
      }
      const known = headers.get("last-event-id") ?? new URL(url).searchParams.get("since");
      const first = hasFollowed(known) ? `id: ${versionAt(latest)}\n\n` : refetch();
      const retry = 1000 + Math.floor(Math.random() * 1000); // not all at once, after a restart
      const greeting = encoder.encode(`retry: ${retry}\n${first}`);
      return new Response(new ReadableStream(new Listener(station, address, greeting)), {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-store",
          "x-accel-buffering": "no",
        },
      });
    },
    close() {
      closed = true;
      forget();
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
