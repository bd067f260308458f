import type { FlagAnswer } from "./answer.js";
import { createExposures } from "./client/exposures.js";
import { createFollowing } from "./client/follow.js";
import type { PayloadStorage } from "./client/payload-storage.js";
import type { FlagPayload } from "./payload.js";

export type { FlagAnswer } from "./answer.js";
export { type PayloadStorage, payloadStorage } from "./client/payload-storage.js";
export type { FlagPayload } from "./payload.js";

/** How long the server may take to answer, in milliseconds. */
const DEADLINE = 5000;

/** Options of {@link createOfrepClient}. */
export interface OfrepClientOptions {
  /**
   * Where the server's OFREP routes are: a path or a URL, without `/ofrep/v1`.
   *
   * @default none: nothing is asked or told, and the initial values stay
   */
  readonly url?: string | undefined;
  /** Who is asking, as far as the browser may say. `@default {}` */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** The values a page was rendered with; they serve until the server answers. `@default none` */
  readonly initial?: FlagPayload | undefined;
  /**
   * Where the last values are kept: they serve, where there are no initial ones, until the server
   * answers.
   *
   * @default none
   */
  readonly storage?: PayloadStorage | undefined;
}

/** The client flags' values in a browser. */
export interface OfrepClient {
  /** A flag's answer: the same object until it changes. Undefined before the first payload. */
  get(key: string): FlagAnswer | undefined;
  /** A flag's answer in the initial payload. */
  initial(key: string): FlagAnswer | undefined;
  /** Whether the values of who is asking are still to come, and there are another's or none. */
  readonly pending: boolean;
  /**
   * Calls back when answers, or `pending`, may have changed, until the returned function is called. The
   * first subscriber starts asking and listening, the last one to leave stops both.
   *
   * @param shown the keys of the flags that are on the screen as long: they are exposures, which the
   * server is told of, once for each receipt. `@default none`
   */
  subscribe(changed: () => void, shown?: readonly string[]): () => void;
  /**
   * Asks as somebody else. Until the values are there, the old ones stay. Resolves as `refresh` does.
   */
  identify(context: OfrepClientOptions["context"]): Promise<void>;
  /**
   * Asks now. Never rejects: it resolves once the server has answered, has refused, or has let five
   * seconds pass.
   */
  refresh(): Promise<void>;
  /** The keys of the flags that are on the screen. */
  shown(): string[];
  /**
   * Tells the server that something failed under flags: their keys, the error's type, and the receipt
   * that came with the values. Throws nothing.
   *
   * @param flags the keys, no more than 100
   * @param errorType the error's class; never its message
   */
  report(flags: readonly string[], errorType: string): void;
}

interface Subscriber {
  readonly changed: () => void;
  readonly shown: readonly string[];
}

/**
 * Asks the server for the client flags' values, and again whenever it says that one has changed.
 * While the server cannot be reached, the values stay; when it can be again, it is asked. A server
 * that says how far a payload has followed (`since` in the URI of its events) is not asked before
 * something has changed; any other one is, whenever its stream opens.
 *
 * @see https://openfeature.dev/specification/appendix-c (OFREP 0.3)
 *
 * @example
 * ```ts
 * import { createOfrepClient } from "@burgee/ofrep/client";
 *
 * const client = createOfrepClient({ url: "/flags", context: { targetingKey: "visitor-1" } });
 * const stop = client.subscribe(() => console.log(client.get("search-ranking")?.value));
 * ```
 */
export function createOfrepClient(options: OfrepClientOptions): OfrepClient {
  const { url, initial = NOTHING, storage } = options;
  const subscribers = new Set<Subscriber>();
  const rendered = byKey(initial);
  let body = bodyFor(options.context);
  let payload = options.initial ?? storage?.read(body) ?? NOTHING;
  let answers = byKey(payload);
  /** The body that the answers are to. */
  let answered = options.initial && body;
  let etag: string | null = null;
  let stop: (() => void) | undefined;

  const shown = () => [...subscribers].flatMap((subscriber) => subscriber.shown);
  const exposures = createExposures(shown, (keys) => {
    if (payload.receipt !== undefined) report(keys);
  });
  const stream = () => payload.eventStreams?.[0];
  const following = createFollowing(url ?? "", ask, stream, exposures.flush);

  async function ask(): Promise<void> {
    const asked = body;
    if (url === undefined) {
      answered = asked;
      return;
    }
    const response = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(etag && { "if-none-match": etag }) },
      body,
      signal: AbortSignal.timeout?.(DEADLINE),
    });
    if (response.status === 304) return;
    const next: FlagPayload = await response.json(); // of a server that fails it is no payload
    if (asked !== body) return;
    adopt(next, response.headers.get("etag"));
  }

  function adopt(next: FlagPayload, tag: string | null): void {
    const changed = byKey(next);
    for (const [key, answer] of changed) {
      const known = answers.get(key);
      if (known && JSON.stringify(known) === JSON.stringify(answer)) changed.set(key, known);
    }
    exposures.renew();
    answers = changed;
    payload = next;
    answered = body;
    etag = tag;
    storage?.write(body, next);
    notify();
  }

  function notify(): void {
    for (const { changed } of subscribers) changed();
  }

  /** As plain text it needs no leave of a server elsewhere; it outlives the page. */
  function report(flags: readonly string[], errorType?: string): void {
    const error = errorType === undefined ? undefined : { type: errorType };
    const text = JSON.stringify({ receipt: payload.receipt, flags, error });
    if (url !== undefined) navigator.sendBeacon?.(`${url}/reports`, text);
  }

  return {
    get: (key) => answers.get(key),
    initial: (key) => rendered.get(key),
    get pending() {
      return answered !== body;
    },
    subscribe(changed, keys = []) {
      const subscriber = { changed, shown: keys };
      subscribers.add(subscriber);
      exposures.add(keys);
      if (url !== undefined && subscribers.size === 1) stop = following.start();
      return () => {
        if (!subscribers.delete(subscriber) || subscribers.size > 0) return;
        exposures.flush();
        stop?.();
      };
    },
    async identify(context) {
      const next = bodyFor(context);
      if (next === body) return;
      body = next;
      etag = null; // the same values of somebody else come with another receipt
      notify();
      await following.refresh();
    },
    refresh: following.refresh,
    shown,
    report,
  };
}

const NOTHING: FlagPayload = { flags: [] };

/** Throws for what is no payload. */
function byKey({ flags }: FlagPayload): Map<string, FlagAnswer> {
  return new Map(flags.map((answer) => [answer.key, answer]));
}

/** What is asked; of nobody, where a context is no JSON. */
function bodyFor(context: OfrepClientOptions["context"] = {}): string {
  try {
    return JSON.stringify({ context });
  } catch {
    return "{}";
  }
}
