import { resolve } from "node:path";
import {
  BurgeeError,
  type Duration,
  type FlagSource,
  millisecondsOf,
  type Revision,
  type RevisionSink,
} from "@burgee/core";
import { cacheFile } from "./cache/file.js";
import { createKeeper } from "./cache/keeper.js";
import { createSubscribers, revisionVerified } from "./subscribers.js";

/** Options of {@link lastKnownGood}. */
export interface LastKnownGoodOptions {
  /** The file, from the working directory; of each instance its own, or shared by those of one host. */
  readonly path: string;
  /** How long ago the revision kept may have been verified, to be served at all. `@default` unlimited */
  readonly maxAge?: Duration;
}

/** How long a source may say nothing before what is kept serves, in milliseconds. */
const PATIENCE = 1000;

/**
 * Keeps a source's last good revision in a file that only its owner may read, for a start while the
 * source is out. If its first word is a problem, or if it says nothing for a second, what is kept
 * serves until it comes, as in any other outage: its age counts from when it was last verified.
 *
 * A file that is torn or of something else is a problem, is not read, and is not written over if it
 * is of something else. A revision is written once it comes, at most one a second; that the one held
 * was verified, at most once a minute.
 *
 * @returns the source, otherwise as it was: a store can still be written
 * @throws BurgeeError `INVALID_OPTIONS`
 *
 * @example
 * ```ts
 * import { createFlags, defineFlags } from "@burgee/core";
 * import { lastKnownGood } from "@burgee/stores/cache";
 * import { httpSource } from "@burgee/stores/http";
 *
 * const definitions = defineFlags({ "new-checkout": { default: false } });
 * const remote = httpSource("https://flags.example.com/flags.json");
 * const source = lastKnownGood(remote, { path: "/var/cache/shop/flags", maxAge: "7d" });
 * const flags = createFlags(definitions, { source });
 * ```
 */
export function lastKnownGood<Source extends FlagSource>(
  source: Source,
  { path, maxAge }: LastKnownGoodOptions,
): Source {
  const file = resolve(path);
  const kept = cacheFile(file);
  const longest = timeOf(maxAge);
  const keeper = createKeeper(kept, (error) => subscribers.problem(cacheProblem(file, error)));
  let leave = (): void => {};
  let restoring: Promise<void> | undefined;
  const subscribers = createSubscribers({
    start: () => follow(),
    stop: () => leave(),
  });

  function follow(): void {
    restoring = undefined;
    let left = false;
    let came = false;
    let doubtful: Revision | undefined;

    /** Does something once what is kept serves, unless the source comes first. */
    async function meanwhile(then: () => void): Promise<void> {
      restoring ??= restore();
      await restoring;
      if (!left && !came) then();
    }

    async function restore(): Promise<void> {
      if (subscribers.held !== undefined) return;
      try {
        const revision = await kept.read();
        if (left || came || revision === undefined) return;
        if (Date.now() - revision.verifiedAt <= longest) subscribers.next(revision);
      } catch (error) {
        if (!left) subscribers.problem(cacheProblem(file, error));
      }
    }

    function arrive(revision: Revision): void {
      came = true;
      clearTimeout(patience);
      keeper.keep(revision);
      subscribers.next(revision);
    }

    const sink: RevisionSink = {
      next(revision) {
        const { verifiedAt } = revision;
        if (verifiedAt === undefined) return arrive(revision);
        if (came) return subscribers.next(revision);
        doubtful = revision;
        clearTimeout(patience);
        void meanwhile(() => {
          const { held } = subscribers;
          if (held === undefined || (held.verifiedAt ?? 0) < verifiedAt) subscribers.next(revision);
        });
      },
      current() {
        if (came) {
          keeper.verified();
          subscribers.current();
        } else if (doubtful !== undefined) arrive(revisionVerified(doubtful));
      },
      problem(problem) {
        clearTimeout(patience);
        if (came) subscribers.problem(problem);
        else void meanwhile(() => subscribers.problem(problem));
      },
    };
    const patience = setTimeout(() => sink.problem(silence), PATIENCE).unref();
    const unsubscribe = subscribeTo(source, sink);
    leave = () => {
      left = true;
      clearTimeout(patience);
      unsubscribe();
      keeper.flush();
    };
  }

  const own: FlagSource = {
    subscribe: subscribers.subscribe,
    ...(source.refresh && {
      async refresh() {
        await source.refresh?.();
        await restoring;
      },
    }),
  };
  return new Proxy({} as Source, {
    get(_, key) {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key);
      const value = Reflect.get(source, key, source);
      return typeof value === "function" ? value.bind(source) : value;
    },
    has: (_, key) => Reflect.has(source, key),
  });
}

/** @throws BurgeeError `INVALID_OPTIONS` */
function timeOf(maxAge: Duration | undefined): number {
  const time = maxAge === undefined ? Number.POSITIVE_INFINITY : millisecondsOf(maxAge);
  if (time !== undefined) return time;
  const what = `lastKnownGood needs a time for maxAge, not ${JSON.stringify(maxAge)}.`;
  throw new BurgeeError("INVALID_OPTIONS", what);
}

const silence = new BurgeeError(
  "SOURCE_UNAVAILABLE",
  `The flag source has said nothing for ${PATIENCE} ms.`,
);

function subscribeTo(source: FlagSource, sink: RevisionSink): () => void {
  try {
    return source.subscribe(sink);
  } catch (error) {
    sink.problem(error);
    return () => {};
  }
}

function cacheProblem(file: string, cause: unknown): BurgeeError {
  const what = `The last good revision cannot be kept in ${file}: ${(cause as Error).message}.`;
  return new BurgeeError("CACHE_FAILED", what, { cause });
}
