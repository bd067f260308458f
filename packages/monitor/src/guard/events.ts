import { type AuditEntry, errorTypeOf } from "@burgee/core";
import type { GuardEvidence } from "./trial.js";

/**
 * Where a guard is:
 *
 * - `armed`: it looks for evidence
 * - `warning`: there is some; a ramp is held
 * - `tripped`: there was enough; everybody gets the safe variant until a person resumes the flag
 * - `resumed`: a person has resumed it; until the cool-down is over nothing is written
 * - `overridden`: a person has stopped or edited the flag, and that counts; until it is resumed
 *   nothing is written
 * - `completed`: its window is over
 */
export type GuardState = "armed" | "warning" | "tripped" | "resumed" | "overridden" | "completed";

/** Something a guard did, or could not do. */
export interface GuardEvent {
  /**
   * What it is: a change of state, by its name; `notify`, for somebody to look at; `pinned`, while the
   * store cannot be written.
   */
  readonly type: GuardState | "notify" | "pinned";
  readonly flag: string;
  /** The guard's state now. */
  readonly state: GuardState;
  /** What happened, and why, as a text. */
  readonly reason: string;
  /** The evidence, where it is about a variant. */
  readonly evidence?: GuardEvidence;
  /** The audit entry, where this guard has written one. */
  readonly entry?: AuditEntry;
}

/** Told what a guard does. One that throws is contained. */
export type GuardListener = (event: GuardEvent) => void;

/** Those who are told. */
export interface GuardListeners {
  /** Adds a listener, until the returned function is called. */
  add(listener: GuardListener): () => void;
  tell(event: GuardEvent): void;
}

export function createListeners(): GuardListeners {
  let entries: readonly { readonly listener: GuardListener }[] = [];
  return {
    add(listener) {
      const entry = { listener };
      entries = [...entries, entry];
      return () => {
        entries = entries.filter((other) => other !== entry);
      };
    },
    tell(event) {
      for (const { listener } of entries) {
        try {
          listener(event);
        } catch (error) {
          console.warn(`A listener of the guard of ${event.flag} failed: ${errorTypeOf(error)}.`);
        }
      }
    },
  };
}
