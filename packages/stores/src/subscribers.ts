import { type FlagSource, isOutage, type Revision, type RevisionSink } from "@burgee/core";

/** Those who listen to one source, and what they know. */
export interface Subscribers extends RevisionSink, Pick<FlagSource, "subscribe"> {
  /** The revision they hold; undefined before the first. */
  readonly held: Revision | undefined;
}

/** What a source does with its first subscriber, and once the last has left. */
export interface Running {
  /** It may tell something at once. */
  start(): void;
  stop(): void;
}

/**
 * Tells everyone everything, and those who come later what the others know: the revision held, since
 * when it is in doubt, and the outage.
 */
export function createSubscribers({ start, stop }: Running): Subscribers {
  const subscriptions = new Set<{ readonly sink: RevisionSink }>();
  let held: Revision | undefined;
  let verifiedAt: number | undefined;
  let outage: { readonly problem: unknown } | undefined;

  function tell(event: (sink: RevisionSink) => void): void {
    for (const subscription of [...subscriptions]) {
      if (subscriptions.has(subscription)) event(subscription.sink);
    }
  }

  function verify(at?: number): void {
    verifiedAt = at ?? Date.now();
    if (at === undefined) outage = undefined;
  }

  return {
    get held() {
      return held;
    },
    next(revision) {
      held = revision;
      verify(revision.verifiedAt);
      tell((sink) => sink.next(revision));
    },
    current() {
      if (held === undefined) return;
      if (held.verifiedAt !== undefined) held = revisionVerified(held);
      verify();
      tell((sink) => sink.current());
    },
    problem(problem) {
      if (isOutage(problem)) outage = { problem };
      tell((sink) => sink.problem(problem));
    },
    subscribe(sink) {
      const subscription = { sink };
      const first = subscriptions.size === 0;
      subscriptions.add(subscription);
      if (held !== undefined) {
        const doubtful = first || outage !== undefined;
        sink.next(doubtful ? revisionVerified(held, verifiedAt) : held);
      }
      if (first) start();
      else if (outage !== undefined) sink.problem(outage.problem);
      return () => {
        if (!subscriptions.delete(subscription) || subscriptions.size > 0) return;
        outage = undefined;
        stop();
      };
    },
  };
}

/** A revision as it was verified at another time: all of it, since what it was made of is long gone. */
export function revisionVerified(revision: Revision, at?: number): Revision {
  return {
    id: revision.id,
    get flagSet() {
      return revision.flagSet;
    },
    ...(at !== undefined && { verifiedAt: at }),
  };
}
