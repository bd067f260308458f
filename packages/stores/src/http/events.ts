import { ask } from "./ask.js";
import { createBackoff } from "./backoff.js";
import { scanEvents } from "./event-stream.js";
import type { HttpSettings } from "./settings.js";

/** How long a stream must have lasted for the next to be opened at once, in milliseconds. */
const LASTING = 10_000;

/** How a stream of events is followed. */
export interface EventsOptions {
  /** How long it may be silent, comments included, before it is taken for dead, in milliseconds. */
  readonly silence: number;
  /** The longest wait after the first failure, and the longest there is, in milliseconds. */
  readonly waits: readonly [first: number, longest: number];
  /** Something may have changed. */
  changed(): void;
}

/**
 * Follows a stream of events, whatever they say, and opens it anew when it ends. That it cannot be
 * had is no problem: whoever follows it looks now and then anyway.
 *
 * @returns closes it
 */
export function followEvents(
  url: URL,
  settings: HttpSettings,
  { silence, waits, changed }: EventsOptions,
): () => void {
  const { fetch, timeout } = settings;
  const backoff = createBackoff(...waits);
  let closed = false;
  let controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  /** Ends the stream unless something is heard in time. */
  function expect(time: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(), time).unref();
  }

  async function read(): Promise<void> {
    controller = new AbortController();
    expect(timeout);
    const headers = await settings.headers();
    const more = { accept: "text/event-stream" };
    const { signal } = controller;
    const response = await ask(url, { fetch, headers, more, signal });
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200 || !type.startsWith("text/event-stream")) {
      return void (await response.body?.cancel());
    }
    changed(); // perhaps before anybody listened
    const scan = scanEvents(changed);
    const decoder = new TextDecoder();
    expect(silence);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      expect(silence);
      scan(decoder.decode(chunk, { stream: true }));
    }
  }

  async function follow(): Promise<void> {
    const began = Date.now();
    await read().catch(() => {});
    clearTimeout(timer);
    if (closed) return;
    if (Date.now() - began > LASTING) backoff.reset();
    timer = setTimeout(follow, backoff.next()).unref();
  }

  void follow();
  return () => {
    closed = true;
    clearTimeout(timer);
    controller.abort();
  };
}
