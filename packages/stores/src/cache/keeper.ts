import type { Revision } from "@burgee/core";
import type { CacheFile } from "./file.js";

/** How soon one revision is written after another, in milliseconds. */
const REVISION_EVERY = 1000;

/** How soon it is written that the revision held was verified again, in milliseconds. */
const VERIFIED_EVERY = 60_000;

/** Writes what is worth keeping, as often as is worth it. */
export interface Keeper {
  /** Keeps a revision that is the newest now. */
  keep(revision: Revision): void;
  /** Keeps that it still is. */
  verified(): void;
  /** Writes what is not written yet, and leaves no timer. */
  flush(): void;
}

/** @param failed told that writing failed, once until it succeeds */
export function createKeeper(file: CacheFile, failed: (error: unknown) => void): Keeper {
  let kept: Revision | undefined;
  let verifiedAt = 0;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let dueAt = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let failing = false;
  let written = Promise.resolve();

  function plan(interval: number): void {
    verifiedAt = Date.now();
    const due = writtenAt + interval;
    if (due >= dueAt) return;
    dueAt = due;
    clearTimeout(timer);
    if (due <= verifiedAt) flush();
    else timer = setTimeout(flush, due - verifiedAt).unref();
  }

  function flush(): void {
    clearTimeout(timer);
    if (kept === undefined || dueAt === Number.POSITIVE_INFINITY) return;
    dueAt = Number.POSITIVE_INFINITY;
    writtenAt = Date.now();
    written = written.then(write);
  }

  async function write(): Promise<void> {
    try {
      await file.write(kept as Revision, verifiedAt);
      failing = false;
    } catch (error) {
      if (!failing) failed(error);
      failing = true;
    }
  }

  return {
    keep(revision) {
      kept = revision;
      plan(REVISION_EVERY);
    },
    verified: () => plan(VERIFIED_EVERY),
    flush,
  };
}
