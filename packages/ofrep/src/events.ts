import { changesBefore, type EvaluationContext, type Observer } from "@burgee/core";
import type { OfrepLimits } from "./limits.js";
import { createListeners } from "./listeners.js";

/** From how many listeners on they are asked not to fetch all at once. */
const MANY = 100;

/** The longest that a listener is asked to wait before fetching, in milliseconds. */
const MAX_SPREAD = 10_000;

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
  readonly revision: string | undefined;
  observe(observer: Observer): () => void;
  scope(context: EvaluationContext): object;
}

/**
 * Says `refetchEvaluation` to all who listen whenever a flag that concerns them may have a new value. Many
 * are told in which time (`withinMs`) to spread their requests, too.
 */
export function createEvents(
  flags: FollowedFlags,
  concerns: (key: string) => boolean,
  limits: Required<OfrepLimits>,
): Events {
  const listeners = createListeners(refetch, limits);
  /** How many changes there had been with the last one that concerns them. */
  let latest = 0;
  let changedAt = Date.now();
  let boot: string | undefined;

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
    const { count } = listeners;
    const spread = count < MANY ? {} : { withinMs: Math.min(count, MAX_SPREAD) };
    const lastModified = Math.floor(changedAt / 1000);
    const etag = flags.revision; // of the flags, not of an answer
    const data = JSON.stringify({ type: "refetchEvaluation", etag, lastModified, ...spread });
    return `event: message\nid: ${versionAt(latest)}\ndata: ${data}\n\n`;
  }

  const forget = flags.observe({
    changed({ keys }) {
      if (!keys.some(concerns)) return;
      latest = changesBefore(flags.scope({})) ?? latest + 1;
      changedAt = Date.now();
      listeners.tell();
    },
  });

  return {
    version(scope) {
      const changes = changesBefore(scope);
      return changes === undefined ? undefined : versionAt(changes);
    },
    open({ url, headers }, address) {
      const refusal = listeners.refusal(address);
      if (refusal !== undefined) return refusal;
      const known = headers.get("last-event-id") ?? new URL(url).searchParams.get("since");
      const first = hasFollowed(known) ? `id: ${versionAt(latest)}\n\n` : refetch();
      const retry = 1000 + Math.floor(Math.random() * 1000); // not all at once, after a restart
      return new Response(listeners.open(address, `retry: ${retry}\n${first}`), {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-store, no-transform", // what compresses would hold it back
          "x-accel-buffering": "no",
        },
      });
    },
    close() {
      forget();
      listeners.close();
    },
  };
}
