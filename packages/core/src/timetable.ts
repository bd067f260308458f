import { createAlarm } from "./alarm.js";
import { anonymous } from "./context.js";
import type { Ruleset } from "./ruleset.js";

/** Tells which flags the time alone has changed, when it has. */
export interface Timetable {
  /** Whether anybody wants to be told. */
  watch(wanted: boolean): void;
  /** Notes that a flag was compiled which the time may change. */
  add(key: string): void;
  /** Notes that another ruleset is held. */
  renew(): void;
  /** Tells nothing more. */
  stop(): void;
}

/** What a timetable is made for. */
export interface TimetableHost {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The ruleset held. */
  ruleset(): Ruleset | undefined;
  /** Flags that somebody elsewhere reads, so that they count though nobody here has read them. */
  readonly readElsewhere: readonly string[];
  changed(keys: readonly string[]): void;
}

export function createTimetable(host: TimetableHost): Timetable {
  const { now, ruleset } = host;
  const due = new Set<string>();
  const alarm = createAlarm(now, ring);
  let empty = true;
  let watched = false;
  let looking = false;
  /** Up to when it is known what has changed. */
  let seen = 0;

  function compile(): void {
    for (const key of host.readElsewhere) ruleset()?.evaluate(key, undefined, anonymous, now());
  }

  function gather(): void {
    const moment = now();
    for (const key of ruleset()?.changesBetween(seen, moment) ?? []) due.add(key);
    seen = moment;
  }

  /** Looks when the next change is due: soon, and once for all that ask until then. */
  function look(): void {
    looking = true;
    alarm.set(seen);
  }

  function ring(): void {
    gather();
    looking = false;
    const keys = [...due];
    due.clear();
    alarm.set(ruleset()?.nextChange(seen));
    if (keys.length > 0) host.changed(keys);
  }

  return {
    watch(wanted) {
      if (wanted === watched) return;
      watched = wanted;
      due.clear();
      looking = false;
      seen = now();
      alarm.set(undefined);
      if (!wanted) return;
      compile();
      if (!empty) look();
    },
    add(key) {
      empty = false;
      if (!watched || looking) return;
      gather();
      due.delete(key); // it had no reader before
      look();
    },
    renew() {
      if (!watched) return;
      if (!empty && !looking) {
        gather();
        look();
      }
      compile();
    },
    stop: () => alarm.stop(),
  };
}
