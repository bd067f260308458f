import { BurgeeError, textOf } from "./errors.js";
import { createRuleset, type Ruleset } from "./ruleset.js";
import type { FlagSource, Revision } from "./source.js";

/** Holds the ruleset of a source's newest revision. */
export interface Follower {
  /** The newest ruleset; undefined before the first revision. */
  readonly ruleset: Ruleset | undefined;
  /** The id of its revision. */
  readonly revision: string | undefined;
  /** Resolves with the first revision. */
  readonly arrival: Promise<true>;
  /** Subscribes to the source, unless that was done. */
  start(): void;
  /** Leaves the source, for good. What is held stays. */
  stop(): void;
}

/** Who is told what a source brings. */
export interface FollowerEvents {
  adopted(ruleset: Ruleset, previous: Ruleset | undefined): void;
  problem(problem: BurgeeError): void;
}

export function followSource(source: FlagSource, events: FollowerEvents): Follower {
  let ruleset: Ruleset | undefined;
  let revision: string | undefined;
  let started = false;
  let stopped = false;
  let unsubscribe = (): void => {};
  let arrive = (_: true): void => {};
  const arrival = new Promise<true>((resolve) => {
    arrive = resolve;
  });

  const sink = {
    next(next: Revision): void {
      if (stopped) return;
      const previous = ruleset;
      try {
        ruleset = createRuleset(next.flagSet);
      } catch (error) {
        return sink.problem(error);
      }
      revision = next.id;
      arrive(true);
      events.adopted(ruleset, previous);
    },
    current(): void {},
    problem(error: unknown): void {
      if (!stopped) events.problem(sourceProblem(error));
    },
  };

  /** A source may bring a revision, and its observer may stop everything, while subscribing. */
  function leaveIfStopped(): void {
    if (stopped) unsubscribe();
  }

  return {
    get ruleset() {
      return ruleset;
    },
    get revision() {
      return revision;
    },
    arrival,
    start() {
      if (started || stopped) return;
      started = true;
      try {
        unsubscribe = source.subscribe(sink);
      } catch (error) {
        sink.problem(error);
      }
      leaveIfStopped();
    },
    stop() {
      if (stopped) return;
      stopped = true;
      leaveIfStopped();
    },
  };
}

function sourceProblem(error: unknown): BurgeeError {
  if (error instanceof BurgeeError) return error;
  const what = `The flag source failed: ${textOf(error)}.`;
  return new BurgeeError("SOURCE_UNAVAILABLE", what, { cause: error });
}
