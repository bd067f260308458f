import type { Guard } from "../guard.js";
import type { GuardState } from "./events.js";

/** A variant that is guarded: what is known of it now, and how often it was stopped. */
export interface GuardedVariant {
  /** The flag's key. */
  readonly flag: string;
  /** The treatment's name. */
  readonly variant: string;
  /** Where the guard of the flag is. */
  readonly state: GuardState;
  /** How strong the evidence is that it fails more often, in this epoch: 1 is none. In a fleet it is the evidence of all. */
  readonly e: number;
  /** Its natural logarithm, where `e` is too large for a number. */
  readonly logE: number;
  /** What `e` has to reach. */
  readonly threshold: number;
  /**
   * How many trips this process has written because of it, in all epochs. Of a fleet's instances one
   * writes: the sum of theirs is how many there were.
   */
  readonly trips: number;
}

/** The variants that the guards of a monitor watch. */
export interface GuardedVariants {
  /** Adds a guard. Where another had watched a variant, this one takes its place. */
  add(guard: Guard): void;
  /** What is known now. */
  snapshot(): readonly GuardedVariant[];
}

export function createGuardedVariants(): GuardedVariants {
  const guards: Guard[] = [];
  const trips = new Map<string, number>();
  return {
    add(guard) {
      guards.push(guard);
      guard.observe(({ type, flag, evidence, entry }) => {
        if (type !== "tripped" || evidence === undefined || entry === undefined) return;
        const name = nameOf(flag, evidence.treatment);
        trips.set(name, (trips.get(name) ?? 0) + 1);
      });
    },
    snapshot() {
      const variants = new Map<string, GuardedVariant>();
      for (const { flag, state, evidence } of guards) {
        for (const { treatment: variant, e, logE, threshold } of evidence) {
          const name = nameOf(flag, variant);
          const known = { flag, variant, state, e, logE, threshold, trips: trips.get(name) ?? 0 };
          variants.set(name, known);
        }
      }
      return [...variants.values()];
    },
  };
}

function nameOf(flag: string, variant: string): string {
  return JSON.stringify([flag, variant]);
}
