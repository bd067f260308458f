import {
  createRuleset,
  type FlagSet,
  type FlagSetDelta,
  type FlagSource,
  type Revision,
  type RevisionSink,
} from "@burgee/core";

/** A source in the hand of its test. */
export interface TestSource extends FlagSource {
  /** How many listen now. */
  readonly subscribers: number;
  /** Brings a revision; their ids are "1", "2", … */
  next(flagSet: FlagSet): void;
  /** Brings a revision that says what it has changed of the one before. */
  change(delta: FlagSetDelta): void;
  /** Brings any revision. */
  bring(revision: Revision): void;
  /** Says that the revision held is the newest. */
  current(): void;
  /** Has a problem. */
  problem(error: unknown): void;
}

/** @param flagSet its first revision; without one, it has none yet */
export function sourceOf(flagSet?: FlagSet): TestSource {
  const sinks = new Set<RevisionSink>();
  let held: Revision | undefined = flagSet && { id: "1", flagSet };
  const source: TestSource = {
    get subscribers() {
      return sinks.size;
    },
    subscribe(sink) {
      sinks.add(sink);
      if (held !== undefined) sink.next(held);
      return () => sinks.delete(sink);
    },
    next(next) {
      source.bring({ id: String(Number(held?.id ?? 0) + 1), flagSet: next });
    },
    change(delta) {
      const { id: from, flagSet: before } = held as Revision;
      const after = createRuleset(before).apply(delta).flagSet;
      source.bring({ id: String(Number(from) + 1), flagSet: after, delta: { from, ...delta } });
    },
    bring(revision) {
      held = revision;
      for (const sink of sinks) sink.next(revision);
    },
    current() {
      for (const sink of sinks) sink.current();
    },
    problem(error) {
      for (const sink of sinks) sink.problem(error);
    },
  };
  return source;
}
