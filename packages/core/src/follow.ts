import { BurgeeError, textOf } from "./errors.js";
import type { FlagSet, FlagSetDelta } from "./flag-set.js";
import { isRecord } from "./json.js";
import { createVerification, type Verification } from "./outage.js";
import { createRuleset, type Ruleset, type RulesetEvents } from "./ruleset.js";
import type { FlagSource, Revision } from "./source.js";

/** A revision, compiled. */
export interface Held {
  readonly ruleset: Ruleset;
  /** Its id. */
  readonly revision: string;
  /** Whether all flags were resolved for somebody: nobody else is decided for. */
  readonly isResolved?: true;
}

/** Holds a source's newest revision. */
export interface Follower {
  /** The newest revision; undefined before the first. */
  readonly held: Held | undefined;
  /** Whether it is known to be the newest. */
  readonly verification: Verification;
  /** Whether the source was left. */
  readonly stopped: boolean;
  /** Resolves with the first revision. */
  readonly arrival: Promise<true>;
  /** Subscribes to the source, unless that was done. */
  start(): void;
  /** Leaves the source, for good. What is held stays. */
  stop(): void;
}

/** What another revision has made of what was held. */
export interface Adoption {
  readonly held: Held;
  readonly previous: Held | undefined;
  /** What makes the one of the other; undefined for the first. */
  readonly delta: FlagSetDelta | undefined;
  /** Whether the revision was read as a whole, not just what it has changed. */
  readonly whole: boolean;
}

/** Who is told what a source brings. */
export interface FollowerEvents extends RulesetEvents {
  adopted(adoption: Adoption): void;
  problem(problem: BurgeeError): void;
  /** An outage has begun, or is over. */
  turned(): void;
}

/** @param now milliseconds since the epoch */
export function followSource(
  source: FlagSource,
  events: FollowerEvents,
  now: () => number,
): Follower {
  const verification = createVerification(now, events.turned);
  let held: Held | undefined;
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
      let adoption: Adoption;
      try {
        adoption = adopt(next);
      } catch (error) {
        return sink.problem(error);
      }
      held = adoption.held;
      verification.succeed(next.verifiedAt);
      arrive(true);
      events.adopted(adoption);
    },
    current(): void {
      if (!stopped && held !== undefined) verification.succeed();
    },
    problem(error: unknown): void {
      if (stopped) return;
      const problem = sourceProblem(error);
      verification.fail(problem);
      events.problem(problem);
    },
  };

  /** @throws what reading the revision throws */
  function adopt(next: Revision): Adoption {
    const { id: revision } = next;
    const previous = held;
    if (previous === undefined) {
      const ruleset = createRuleset(flagSetOf(next), events);
      return { held: { ruleset, revision }, previous, delta: undefined, whole: true };
    }
    const whole = next.delta === undefined || next.delta.from !== previous.revision;
    const delta = whole ? previous.ruleset.deltaTo(flagSetOf(next)) : (next.delta as FlagSetDelta);
    const ruleset = previous.ruleset.apply(delta);
    return { held: { ruleset, revision }, previous, delta, whole };
  }

  /** A source may bring a revision, and its observer may stop everything, while subscribing. */
  function leaveIfStopped(): void {
    if (stopped) unsubscribe();
  }

  return {
    get held() {
      return held;
    },
    get stopped() {
      return stopped;
    },
    verification,
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

/** @throws BurgeeError `INVALID_FLAG_SET` if there are no flags in it */
function flagSetOf({ id, flagSet }: Revision): FlagSet {
  if (isRecord(flagSet) && isRecord(flagSet.flags)) return flagSet;
  throw new BurgeeError(
    "INVALID_FLAG_SET",
    `Revision ${id} has no flags: /flags must be an object.`,
  );
}

function sourceProblem(error: unknown): BurgeeError {
  if (error instanceof BurgeeError) return error;
  const what = `The flag source failed: ${textOf(error)}.`;
  return new BurgeeError("SOURCE_UNAVAILABLE", what, { cause: error });
}
