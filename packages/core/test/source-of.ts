import type { FlagSet, FlagSource, RevisionSink } from "@burgee/core";

/** A source in the hand of its test. */
export interface TestSource extends FlagSource {
  /** How many listen now. */
  readonly subscribers: number;
  /** Brings a revision; their ids are "1", "2", … */
  next(flagSet: FlagSet): void;
  /** Has a problem. */
  problem(error: unknown): void;
}

/** @param flagSet its first revision; without one, it has none yet */
export function sourceOf(flagSet?: FlagSet): TestSource {
  const sinks = new Set<RevisionSink>();
  let held = flagSet && { id: "1", flagSet };
  return {
    get subscribers() {
      return sinks.size;
    },
    subscribe(sink) {
      sinks.add(sink);
      if (held !== undefined) sink.next(held);
      return () => sinks.delete(sink);
    },
    next(next) {
      held = { id: String(Number(held?.id ?? 0) + 1), flagSet: next };
      for (const sink of sinks) sink.next(held);
    },
    problem(error) {
      for (const sink of sinks) sink.problem(error);
    },
  };
}
