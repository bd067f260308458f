import type { FlagSource, Revision, RevisionSink } from "@burgee/core";

/** A source in the hand of its test. */
export interface SourceInHand extends FlagSource, RevisionSink {
  /** How many listen now. */
  readonly subscribers: number;
}

/** @param held its revision, told to each subscriber. `@default` none */
export function sourceInHand(held?: Revision): SourceInHand {
  const sinks = new Set<RevisionSink>();
  const tell = (event: (sink: RevisionSink) => void) => {
    for (const sink of sinks) event(sink);
  };
  return {
    get subscribers() {
      return sinks.size;
    },
    subscribe(sink) {
      sinks.add(sink);
      if (held !== undefined) sink.next(held);
      return () => void sinks.delete(sink);
    },
    next(revision) {
      held = revision;
      tell((sink) => sink.next(revision));
    },
    current: () => tell((sink) => sink.current()),
    problem: (error) => tell((sink) => sink.problem(error)),
  };
}
