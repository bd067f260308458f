import {
  changesBefore,
  type Definitions,
  type EvaluationContext,
  type Observer,
} from "@burgee/core";

/** How often a comment keeps a stream open, in milliseconds. */
const KEEP_ALIVE = 30_000;

/** How many events may wait for a reader before it is left behind. */
const MAX_WAITING = 100;

/** One stream of changes for every browser. */
export interface Events {
  /** How far whoever was answered in a scope has followed; undefined for another package's scope. */
  version(scope: object): string | undefined;
  /**
   * A new reader's stream. One that has not followed to this moment, or does not say how far, is told
   * at once to ask again.
   */
  open(request: Request): Response;
  /** Ends all streams. */
  close(): void;
}

/** Flags, whatever their definitions. */
interface FollowedFlags {
  readonly client: Definitions;
  observe(observer: Observer): () => void;
  scope(context: EvaluationContext): object;
}

/** Says `refetchEvaluation` to every reader whenever a client flag may have a new value. */
export function createEvents(flags: FollowedFlags): Events {
  const encoder = new TextEncoder();
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  /** How many changes there had been with the last one of a client flag. */
  let latest = 0;
  let boot: string | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  function send(text: string): void {
    const bytes = encoder.encode(text);
    for (const reader of readers) {
      if ((reader.desiredSize ?? 0) > -MAX_WAITING) reader.enqueue(bytes);
      else end(reader);
    }
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
    const lastModified = Math.floor(Date.now() / 1000);
    const data = JSON.stringify({ type: "refetchEvaluation", lastModified });
    return `event: message\nid: ${versionAt(latest)}\ndata: ${data}\n\n`;
  }

  function keepAlive(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => send(": still here\n\n"), KEEP_ALIVE);
    (timer as { unref?(): void }).unref?.(); // where there is a process to keep alive
    return timer;
  }

  function leave(reader: ReadableStreamDefaultController<Uint8Array>): void {
    readers.delete(reader);
    if (readers.size === 0) clearInterval(ticking);
  }

  function end(reader: ReadableStreamDefaultController<Uint8Array>): void {
    leave(reader);
    reader.close();
  }

  const forget = flags.observe({
    changed({ keys }) {
      if (!keys.some((key) => Object.hasOwn(flags.client, key))) return;
      latest = changesBefore(flags.scope({})) ?? latest + 1;
      send(refetch());
    },
  });

  return {
    version(scope) {
      const changes = changesBefore(scope);
      return changes === undefined ? undefined : versionAt(changes);
    },
    open({ url, headers }) {
      const known = headers.get("last-event-id") ?? new URL(url).searchParams.get("since");
      const greeting = hasFollowed(known) ? `id: ${versionAt(latest)}\n\n` : refetch();
      let own: ReadableStreamDefaultController<Uint8Array>;
      const stream = new ReadableStream<Uint8Array>({
        start(reader) {
          own = reader;
          if (readers.size === 0) ticking = keepAlive();
          readers.add(reader);
          reader.enqueue(encoder.encode(`retry: 1000\n${greeting}`));
        },
        cancel: () => leave(own),
      });
      return new Response(stream, {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-store",
          "x-accel-buffering": "no",
        },
      });
    },
    close() {
      forget();
      for (const reader of readers) end(reader);
    },
  };
}
