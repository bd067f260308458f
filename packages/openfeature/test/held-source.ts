import type { FlagSet, FlagSource, Revision, RevisionSink } from "@burgee/core";

/** A source in the hand of its test. */
export interface HeldSource extends FlagSource {
  /** Brings a revision; their ids are "1", "2", … */
  next(flagSet: FlagSet, more?: Pick<Revision, "verifiedAt">): void;
  current(): void;
  problem(error: unknown): void;
}

export function heldSource(): HeldSource {
  const sinks = new Set<RevisionSink>();
  let revisions = 0;
  return {
    subscribe(sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
    next(flagSet, more) {
      const id = String(++revisions);
      for (const sink of sinks) sink.next({ id, flagSet, ...more });
    },
    current() {
      for (const sink of sinks) sink.current();
    },
    problem(error) {
      for (const sink of sinks) sink.problem(error);
    },
  };
}
