import type { Flags } from "@burgee/core";

/** How often a comment keeps a stream open, in milliseconds. */
const KEEP_ALIVE = 30_000;

/** How many events may wait for a reader before it is left behind. */
const MAX_WAITING = 100;

/** One stream of changes for every browser. */
export interface Events {
  /** A new reader's stream. */
  open(): Response;
  /** Ends all streams. */
  close(): void;
}

/** Says `refetchEvaluation` to every reader whenever a client flag may have a new value. */
export function createEvents({ client, observe }: Pick<Flags, "client" | "observe">): Events {
  const encoder = new TextEncoder();
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let events = 0;
  let ticking: ReturnType<typeof setInterval> | undefined;

  function send(text: string): void {
    const bytes = encoder.encode(text);
    for (const reader of readers) {
      if ((reader.desiredSize ?? 0) > -MAX_WAITING) reader.enqueue(bytes);
      else end(reader);
    }
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

  const forget = observe({
    changed({ keys }) {
      if (!keys.some((key) => Object.hasOwn(client, key))) return;
      const lastModified = Math.floor(Date.now() / 1000);
      const data = JSON.stringify({ type: "refetchEvaluation", lastModified });
      send(`event: message\nid: ${++events}\ndata: ${data}\n\n`);
    },
  });

  return {
    open() {
      let own: ReadableStreamDefaultController<Uint8Array>;
      const stream = new ReadableStream<Uint8Array>({
        start(reader) {
          own = reader;
          if (readers.size === 0) ticking = keepAlive();
          readers.add(reader);
          reader.enqueue(encoder.encode("retry: 1000\n\n"));
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
