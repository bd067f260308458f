import { errorTypeOf } from "@burgee/core";
import type { FlagAnswer } from "./answer.js";
import type { FlagPayload } from "./payload.js";

export type { FlagAnswer } from "./answer.js";
export type { FlagPayload } from "./payload.js";

/** Options of {@link createOfrepClient}. */
export interface OfrepClientOptions {
  /** Where the server's OFREP routes are: a path or a URL, without `/ofrep/v1`. */
  readonly url: string;
  /** Who is asking, as far as the browser may say. `@default {}` */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The values a page was rendered with; they serve until the server answers. */
  readonly initial?: FlagPayload;
}

/** The client flags' values in a browser. */
export interface OfrepClient {
  /** A flag's answer: the same object until it changes. Undefined before the first payload. */
  get(key: string): FlagAnswer | undefined;
  /** A flag's answer in the initial payload. */
  initial(key: string): FlagAnswer | undefined;
  /**
   * Calls back whenever an answer has changed, until the returned function is called. The first
   * subscriber starts asking and listening, the last one to leave stops both.
   */
  subscribe(changed: () => void): () => void;
  /** Asks again, as somebody else. */
  identify(context: Readonly<Record<string, unknown>>): void;
  /**
   * Tells the server that something failed while flags were on the screen: the error's class, those
   * flags' keys, and the receipt that came with the values. Throws nothing.
   *
   * @param flags the keys of the flags; the first 100 are told
   */
  report(error: unknown, flags: readonly string[]): void;
}

/** How long to wait before a server that refused is asked again, in milliseconds. */
const AGAIN = 5000;

/** How many flags a report names. */
const MAX_REPORTED = 100;

/**
 * Asks the server for the client flags' values, and again whenever it says that one has changed.
 * While the server cannot be reached, the values stay; when it can be again, it is asked. A server
 * that says how far a payload has followed (`since` in the URI of its events) is not asked before
 * something has changed; any other one is, whenever its stream opens.
 *
 * @example
 * ```ts
 * import { createOfrepClient } from "@burgee/ofrep/client";
 *
 * const client = createOfrepClient({ url: "/flags", context: { targetingKey: "visitor-1" } });
 * const stop = client.subscribe(() => console.log(client.get("search-ranking")?.value));
 * ```
 */
export function createOfrepClient({ url, initial, ...options }: OfrepClientOptions): OfrepClient {
  const initialAnswers = byKey(initial);
  const listeners = new Set<() => void>();
  let context = options.context ?? {};
  let answers = initialAnswers;
  let etag: string | undefined;
  let stream: EventSource | undefined;
  let streamUri = initial?.eventStreams?.[0]?.endpoint.requestUri;
  let receipt = initial?.receipt;
  /** Whether the server has something that was asked for in vain. */
  let owed = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asking: Promise<void> | undefined;
  let askAgain = false;

  function refresh(): void {
    askAgain = asking !== undefined;
    asking ??= ask().finally(() => {
      asking = undefined;
      if (askAgain) refresh();
    });
  }

  async function ask(): Promise<void> {
    const asked = context;
    let answered = false;
    try {
      const response = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(etag && { "if-none-match": etag }) },
        body: JSON.stringify({ context: asked }),
      });
      if (response.status === 200) {
        adopt(await response.json());
        etag = asked === context ? (response.headers.get("etag") ?? undefined) : undefined;
      }
      answered = response.status === 200 || response.status === 304;
    } catch {
      // out of reach
    }
    owed = !answered || asked !== context;
    listen();
    if (owed && listeners.size > 0) again();
  }

  function adopt(payload: FlagPayload): void {
    const next = byKey(payload);
    streamUri = payload.eventStreams?.[0]?.endpoint.requestUri;
    receipt = payload.receipt;
    let changed = next.size !== answers.size;
    for (const [key, answer] of next) {
      const known = answers.get(key);
      if (JSON.stringify(known) === JSON.stringify(answer)) next.set(key, known as FlagAnswer);
      else changed = true;
    }
    answers = next;
    if (changed) for (const listener of listeners) listener();
  }

  function listen(): void {
    if (stream !== undefined || listeners.size === 0) return;
    if (streamUri === undefined) {
      again();
      return;
    }
    const origin = new URL(url, document.baseURI);
    const uri = new URL(streamUri, origin);
    const opened = new EventSource(uri);
    stream = opened;
    opened.onopen = () => {
      if (owed || !uri.searchParams.has("since")) refresh();
    };
    opened.onmessage = ({ data }) => {
      if (String(data).includes("refetchEvaluation")) refresh();
    };
    opened.onerror = () => {
      if (opened.readyState !== EventSource.CLOSED) return; // it opens itself again
      stream = undefined;
      again();
    };
  }

  function again(): void {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const open = stream?.readyState === EventSource.OPEN;
      if (streamUri === undefined || (owed && open)) refresh();
      else listen();
    }, AGAIN);
  }

  function start(): void {
    if (streamUri !== undefined) listen();
    else if (asking === undefined) refresh();
  }

  function stop(): void {
    clearTimeout(waiting);
    stream?.close();
    stream = undefined;
  }

  return {
    get: (key) => answers.get(key),
    initial: (key) => initialAnswers.get(key),
    subscribe(changed) {
      listeners.add(changed);
      if (listeners.size === 1) start();
      return () => {
        if (listeners.delete(changed) && listeners.size === 0) stop();
      };
    },
    identify(next) {
      if (JSON.stringify(next) === JSON.stringify(context)) return;
      context = next;
      etag = undefined; // the same values of somebody else come with another receipt
      owed = true;
      if (listeners.size > 0) refresh();
    },
    report(error, flags) {
      const shown = flags.slice(0, MAX_REPORTED);
      const body = JSON.stringify({ receipt, flags: shown, error: { type: errorTypeOf(error) } });
      // as plain text it needs no leave of a server elsewhere, and outlives the page
      fetch(`${url}/reports`, { method: "POST", body, keepalive: true }).catch(() => {});
    },
  };
}

function byKey(payload: FlagPayload | undefined): Map<string, FlagAnswer> {
  return new Map(payload?.flags.map((answer) => [answer.key, answer]));
}
