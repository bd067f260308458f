import type { Definitions, Flags } from "@burgee/core";

/** The cache tag of a flag. */
export function tagOf(name: string, key: string): string {
  return `burgee/${name}/${key}`;
}

/** Renews what Next has cached of flags that have changed. */
export interface Revalidation {
  /** Begins to: all flags now, for the cache may be of an earlier process, and each that changes. */
  start(): Promise<void>;
  /** The tags that a request of this process's own asks to renew; undefined for any other request. */
  tagsIn(request: Request): Promise<readonly string[] | undefined>;
  close(): void;
}

type Followed = Pick<Flags<Definitions>, "definitions" | "observe" | "ready">;

/** How long to wait before asking again, in milliseconds, while the server does not listen yet. */
const RETRY = 250;

const HEADER = "burgee-revalidation";

/**
 * Next renews tags in a route handler only, and nowhere outside of a request: so the process sends a
 * request to itself.
 */
export function createRevalidation(
  name: string,
  flags: Followed,
  { path, origin }: { readonly path: string; readonly origin: string | undefined },
): Revalidation {
  const token = crypto.randomUUID() + crypto.randomUUID();
  const stale = new Set<string>();
  let renewing = false;
  let stop: (() => void) | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function renew(keys: readonly string[]): void {
    for (const key of keys) stale.add(tagOf(name, key));
    if (!renewing) void renewAll();
  }

  async function renewAll(): Promise<void> {
    renewing = true;
    while (stale.size > 0) {
      const tags = [...stale];
      stale.clear();
      try {
        await ask(tags);
      } catch {
        for (const tag of tags) stale.add(tag);
        await pause();
      }
    }
    renewing = false;
  }

  /** It ends with the timer: once that is cleared, nothing goes on. */
  function pause(): Promise<void> {
    return new Promise((resolve) => {
      waiting = setTimeout(resolve, RETRY);
      waiting.unref?.();
    });
  }

  async function ask(tags: readonly string[]): Promise<void> {
    const port = process.env["PORT"] ?? "3000";
    const url = `${origin ?? `http://127.0.0.1:${port}`}${path}/revalidate`;
    const response = await fetch(url, {
      method: "POST",
      headers: { [HEADER]: token },
      body: JSON.stringify(tags),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    if (response.status === 204) return;
    console.warn(
      `The cached pages were not renewed: POST ${url} answered ${response.status}. Mount shop.route at ${path}.`,
    );
  }

  return {
    async start() {
      await flags.ready();
      stop ??= flags.observe({ changed: ({ keys }) => renew(keys) });
      renew(Object.keys(flags.definitions));
    },
    async tagsIn(request) {
      if (!alike(request.headers.get(HEADER) ?? "", token)) return undefined;
      return (await request.json()) as string[];
    },
    close() {
      stop?.();
      stale.clear();
      clearTimeout(waiting);
    },
  };
}

/** Takes the same time wherever they differ. */
function alike(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let index = 0; index < wanted.length; index++) {
    difference |= given.charCodeAt(index) ^ wanted.charCodeAt(index);
  }
  return difference === 0;
}
