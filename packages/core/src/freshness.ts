import { within } from "./deadline.js";
import { BurgeeError, textOf } from "./errors.js";
import type { FlagSource } from "./source.js";

/** How long a scope waits for its source, in milliseconds. */
const DEADLINE = 250;

/** How soon a source that verified nothing is asked again, in milliseconds; nobody waits meanwhile. */
const ASK_AGAIN = 1000;

/** Sees to it that a scope is not opened on what was verified too long ago. */
export interface Freshness {
  /** What to wait for before a scope is opened; undefined: nothing. It never rejects. */
  due(): Promise<void> | undefined;
}

/** What decides whether the source is asked. */
export interface FreshnessTerms {
  readonly source: FlagSource;
  /** How old what is held may be, in milliseconds. */
  readonly maxAge: number;
  /** How long ago what is held was verified, in milliseconds; undefined where nothing is held. */
  age(): number | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  problem(problem: BurgeeError): void;
}

/** One question at a time, for all who wait, and, while the source is out, one now and then. */
export function createFreshness({ source, maxAge, age, now, problem }: FreshnessTerms): Freshness {
  const pause = Math.max(ASK_AGAIN, maxAge);
  let asking: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;

  async function ask(): Promise<void> {
    try {
      const answered = await within(DEADLINE, Promise.resolve(source.refresh?.()), LATE);
      if (answered !== LATE) return;
      const what = `The source had not verified the revision held after ${DEADLINE} ms.`;
      problem(new BurgeeError("REFRESH_TIMEOUT", what));
    } catch (cause) {
      const what = `The source could not be asked: ${textOf(cause)}.`;
      problem(new BurgeeError("SOURCE_UNAVAILABLE", what, { cause }));
    }
  }

  return {
    due() {
      if (asking !== undefined) return asking;
      const old = age() ?? Number.POSITIVE_INFINITY;
      if (old <= maxAge || source.refresh === undefined) return undefined;
      const waited = now() - askedAt;
      if (waited < Math.min(old, pause)) return undefined; // the last answer is not there yet
      askedAt = now();
      asking = ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
  };
}

const LATE = Symbol("late");
