import type { EvaluationContext } from "./context.js";
import type { EvaluationDetails } from "./details.js";
import type { BurgeeError } from "./errors.js";
import type { Health } from "./health.js";
import type { Outcome } from "./outcome.js";

/** A variant that was really read. */
export interface Exposure {
  /** The flag's key. */
  readonly flag: string;
  /** The variant's name. */
  readonly variant: string;
  readonly details: EvaluationDetails<unknown>;
  /** Whether a gate answers one side by itself: then the two sides do not do the same work. */
  readonly gated: boolean;
  /** The scope it happened in; an opaque object, one per scope. */
  readonly scope: object;
}

/** A scope that ended: the variants it read, and its outcome. */
export interface Settlement {
  /** An opaque object, one per scope. */
  readonly scope: object;
  readonly exposures: readonly Exposure[];
  readonly outcome: Outcome;
  /** The id of the revision it was evaluated with; undefined before the first. */
  readonly revision: string | undefined;
  /** When it was opened, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Whether its context changed after the first read. */
  readonly reidentified: boolean;
}

/** Flags that may have new values. */
export interface Change {
  /** The keys of those flags. */
  readonly keys: readonly string[];
  /** Why: another revision, a date in a rule or a weight computed from the time, a pin set or over. */
  readonly cause: "revision" | "schedule" | "pin";
}

/**
 * What a browser reported: flags that were seen there, and whether something failed meanwhile. It counts
 * apart from the server's exposures and outcomes.
 */
export interface ClientReport {
  readonly origin: "client";
  /** Whether a receipt of these Flags came with it; without one it says nothing of any flag. */
  readonly verified: boolean;
  /** The flags that were read on the screen, as the receipt says they were served. */
  readonly flags: readonly ReportedFlag[];
  /** The error's class, as OpenTelemetry's `error.type`; undefined if nothing failed. */
  readonly errorType: string | undefined;
  /** The id of the revision that the values came from. */
  readonly revision: string | undefined;
  /** When it arrived, in milliseconds since the epoch. */
  readonly reportedAt: number;
}

/** A flag in a browser's report. */
export interface ReportedFlag {
  /** The flag's key. */
  readonly flag: string;
  readonly variant: string;
  /** A keyed hash of who was asking: it tells two of them apart, and nobody's name. */
  readonly unit: string;
}

/** Something that somebody did, as an application tracks it: what an experiment is to change. */
export interface TrackedEvent {
  /** Its name. */
  readonly name: string;
  /** Who did it. */
  readonly context: EvaluationContext;
  /** A number that goes with it, such as an amount. */
  readonly value?: number;
  /** What else is said of it. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The scope it happened in, if it happened in one: its exposures are those of this object. */
  readonly scope: object | undefined;
}

/**
 * Sees what happens and cannot change it: one that throws, rejects or never settles alters neither
 * a value nor a response.
 */
export interface Observer {
  /** A flag was read for the first time in its scope. */
  exposure?(exposure: Exposure): unknown;
  /** A scope ended. */
  settled?(settlement: Settlement): unknown;
  /** Flags may have new values. */
  changed?(change: Change): unknown;
  /** Something needs attention; the same flag and code once per revision. */
  problem?(problem: BurgeeError): unknown;
  /**
   * How flags are served has changed: the first revision has arrived, an outage has begun or is over,
   * or the Flags were closed.
   */
  health?(health: Health): unknown;
  /** An application tracked what somebody did. */
  tracked?(event: TrackedEvent): unknown;
  /** A browser reported what it has shown, or an error. */
  reported?(report: ClientReport): unknown;
}

type EventOf<Name extends keyof Observer> = Parameters<NonNullable<Observer[Name]>>[0];

/** The observers of one Flags. */
export interface Observers {
  /** Adds an observer, until the returned function is called. */
  add(observer: Observer): () => void;
  /** Whether anybody listens to events of that name. */
  listenTo(name: keyof Observer): boolean;
  /** Tells every observer, contained. */
  tell<Name extends keyof Observer>(name: Name, event: EventOf<Name>): void;
}

/** @param failed told what an observer threw or rejected with, and in which of its methods */
export function createObservers(
  failed: (error: unknown, method: keyof Observer) => void,
): Observers {
  let entries: readonly { readonly observer: Observer }[] = [];

  function call(observer: Observer, name: keyof Observer, event: unknown): void {
    try {
      const result = (observer[name] as ((event: unknown) => unknown) | undefined)?.call(
        observer,
        event,
      );
      if (typeof result === "object" && result !== null) {
        Promise.resolve(result).catch((error: unknown) => failed(error, name));
      }
    } catch (error) {
      failed(error, name);
    }
  }

  return {
    add(observer) {
      const entry = { observer };
      entries = [...entries, entry];
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
    listenTo: (name) => entries.some(({ observer }) => name in observer),
    tell(name, event) {
      for (const { observer } of entries) call(observer, name, event);
    },
  };
}
