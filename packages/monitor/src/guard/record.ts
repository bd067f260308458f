import { createListeners, type GuardEvent, type GuardListener, type GuardState } from "./events.js";

/** What comes with an event. */
export type Particulars = Pick<GuardEvent, "evidence" | "entry">;

/** A guard's state, and those who are told of it. */
export interface GuardRecord {
  readonly state: GuardState;
  /** Goes into a state, unless it is in it. */
  enter(state: GuardState, reason: string, particulars?: Particulars): void;
  tell(type: GuardEvent["type"], reason: string, particulars?: Particulars): void;
  /** Says what somebody should look at; the same subject once an epoch. */
  notify(subject: string, reason: string, particulars?: Particulars): void;
  /**
   * Begins another epoch.
   *
   * @param reason where a person has resumed the flag: what is said of it
   */
  renew(reason?: string): void;
  observe(listener: GuardListener): () => void;
}

export function createRecord(flag: string): GuardRecord {
  const listeners = createListeners();
  const subjects = new Set<string>();
  let state: GuardState = "armed";

  function tell(type: GuardEvent["type"], reason: string, particulars: Particulars = {}): void {
    listeners.tell({ type, flag, state, reason, ...particulars });
  }

  return {
    get state() {
      return state;
    },
    enter(next, reason, particulars) {
      if (state === next) return;
      state = next;
      tell(next, reason, particulars);
    },
    renew(reason) {
      subjects.clear();
      if (reason === undefined) return;
      state = "resumed";
      tell(state, reason);
    },
    tell,
    notify(subject, reason, particulars) {
      if (subjects.has(subject)) return;
      subjects.add(subject);
      tell("notify", reason, particulars);
    },
    observe: listeners.add,
  };
}
