import type { Observer } from "@burgee/core";

/** How long an answer waits for a revision that is on its way, in milliseconds. */
const DEADLINE = 1000;

/** How many answers may wait. */
const MAX_WAITING = 1000;

/** How many revisions are known to have been held. */
const MAX_HELD = 100;

/** Waits for what another instance has held before this one. */
export interface CatchUp {
  /**
   * Waits until a revision is held, or was once; a second at most.
   *
   * @param revision what somebody asks with who was told of it, maybe by another instance
   * @returns undefined if there is nothing to wait for
   */
  until(revision: string | null): Promise<void> | undefined;
  /** Lets all go on who wait. */
  close(): void;
}

/** Flags, whatever their definitions. */
interface HeldFlags {
  readonly revision: string | undefined;
  observe(observer: Observer): () => void;
}

/**
 * A change may reach one instance, and by its stream a page, before it reaches the one that the page then
 * asks: that one answers as soon as it has it, too.
 */
export function createCatchUp(flags: HeldFlags): CatchUp {
  const held = new Set<string>();
  const waiting = new Map<() => void, string>();

  function note(): void {
    const { revision } = flags;
    if (revision === undefined) return;
    held.add(revision);
    if (held.size > MAX_HELD) held.delete(held.values().next().value as string);
  }

  const forget = flags.observe({
    changed() {
      note();
      for (const [go, revision] of waiting) if (held.has(revision)) go();
    },
  });

  return {
    until(revision) {
      note();
      if (revision === null || held.has(revision) || waiting.size >= MAX_WAITING) return undefined;
      return new Promise((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, DEADLINE);
        waiting.set(go, revision);
      });
    },
    close() {
      forget();
      for (const go of waiting.keys()) go();
    },
  };
}
