import type { FlagSource, Revision } from "@burgee/core";

/** What a source tells. */
export interface Told {
  readonly revisions: readonly Revision[];
  readonly problems: readonly Error[];
  /** How often the revision held was verified. */
  readonly verified: number;
  /** Resolves once it holds; fails after a second, which is as long as any change may take. */
  until(holds: () => boolean): Promise<void>;
  /** Stops listening. */
  stop(): void;
}

/** Listens to a source. */
export function listen(source: FlagSource): Told {
  const revisions: Revision[] = [];
  const problems: Error[] = [];
  let verified = 0;
  let look = (): void => {};
  const stop = source.subscribe({
    next(revision) {
      revisions.push(revision);
      look();
    },
    current() {
      verified++;
      look();
    },
    problem(error) {
      problems.push(error as Error);
      look();
    },
  });
  return {
    revisions,
    problems,
    get verified() {
      return verified;
    },
    until: (holds) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("it took more than a second")), 1000);
        look = () => {
          if (!holds()) return;
          clearTimeout(late);
          resolve();
        };
        look();
      }),
    stop,
  };
}
