/** A server that failed is tried again after a random part of this, in milliseconds. */
const SHORTEST = 2000;

/** After each further failure it is a part of twice as much, up to this. */
const LONGEST = 60_000;

/** How long a hidden page keeps its stream if the server does not say, in seconds. */
const INACTIVITY_DELAY = 120;

/** A stream is given up after this many times its server's own time between two heartbeats. */
const MISSED = 2.5;

/** Where a server tells of changes. */
export interface EventStream {
  readonly endpoint: { readonly requestUri: string };
  /** How long a page may be hidden until it closes the stream, in seconds. `@default 120` */
  readonly inactivityDelaySec?: number;
}

/** What keeps a client up to date. */
export interface Following {
  /** Asks for what is owed, and listens until the returned function is called. */
  start(): () => void;
  /** Asks now. Resolves once the server has answered, or was asked in vain. */
  refresh(): Promise<void>;
}

/**
 * Asks a server when something may have changed: when its stream says so, or when the stream was away
 * and the server does not know since when. Whatever fails is tried again, later each time and at
 * random, so that not everybody asks at once when the server is back. A page that has been hidden for
 * a while closes its stream, and opens it again when it is seen.
 *
 * @param ask asks once; rejects if there is no answer
 * @param stream where the server tells of changes, as far as is known
 * @param hidden is told that the page is hidden, and may not come back
 */
export function createFollowing(
  url: string,
  ask: () => Promise<void>,
  stream: () => EventStream | undefined,
  hidden: () => void,
): Following {
  /** Whether the server may have something that was not asked for, or in vain. */
  let owed = stream() === undefined;
  let live = false;
  let failures = 0;
  let asking: Promise<void> | undefined;
  let source: EventSource | undefined;
  let next: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;

  function refresh(): Promise<void> {
    owed = true;
    asking ??= askAll();
    return asking;
  }

  async function askAll(): Promise<void> {
    try {
      while (owed) {
        owed = false;
        await ask();
      }
      listen();
    } catch {
      owed = true;
      retry();
    }
    asking = undefined;
  }

  function proceed(): void {
    if (!live || asking !== undefined) return;
    if (owed) refresh();
    else listen();
  }

  function proceedWithin(milliseconds: number): void {
    clearTimeout(next);
    if (live) next = setTimeout(proceed, Math.random() * milliseconds);
  }

  function retry(): void {
    proceedWithin(Math.min(LONGEST, SHORTEST * 2 ** failures++));
  }

  function listen(): void {
    if (!live || source !== undefined) return;
    try {
      const { requestUri } = (stream() as EventStream).endpoint;
      const uri = new URL(requestUri, new URL(url, document.baseURI)).href;
      source = new EventSource(uri);
      source.onopen = () => {
        failures = 0;
        if (!uri.includes("since=")) refresh();
      };
      source.onmessage = ({ data }) => {
        if (!data.includes("refetchEvaluation")) return;
        owed = true;
        proceedWithin(Number(/"withinMs":(\d+)/.exec(data)?.[1] ?? 0));
      };
      source.addEventListener("heartbeat", ({ data }) => {
        clearTimeout(silence);
        silence = setTimeout(lost, data * MISSED);
      });
      source.onerror = lost;
    } catch {
      owed = true; // without a stream one can only ask again
      retry();
    }
  }

  function lost(): void {
    hangUp();
    retry();
  }

  function hangUp(): void {
    clearTimeout(silence);
    source?.close();
    source = undefined;
  }

  function pause(): void {
    live = false;
    clearTimeout(next);
    hangUp();
  }

  function look(): void {
    clearTimeout(leaving);
    live = true;
    proceed();
    if (document.hidden) {
      const { inactivityDelaySec = INACTIVITY_DELAY } = stream() ?? {};
      leaving = setTimeout(pause, inactivityDelaySec * 1000);
      hidden();
    }
  }

  return {
    refresh,
    start() {
      document.addEventListener("visibilitychange", look);
      look();
      return () => {
        document.removeEventListener("visibilitychange", look);
        clearTimeout(leaving);
        pause();
      };
    },
  };
}
