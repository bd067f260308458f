import { createHmac, randomBytes } from "node:crypto";

/** How many units are remembered; while they are so many, no other counts. */
const MAX_UNITS = 100_000;

/** Tells units apart without keeping anybody's name. */
export type UnitHash = (unit: string) => string;

/** @param key `@default` random: nothing outside this process can tell who was hashed */
export function createUnitHash(key: Uint8Array = randomBytes(32)): UnitHash {
  return (unit) => createHmac("sha256", key).update(unit).digest("base64url").slice(0, 22);
}

/** The units that have failed, as hashes. */
export interface FailedUnits {
  /** Whether no other unit is remembered. */
  readonly full: boolean;
  has(unit: string): boolean;
  /** Remembers a unit: its hash; undefined if it was known, or is not remembered. */
  add(unit: string): string | undefined;
}

export function createFailedUnits(hash: UnitHash): FailedUnits {
  const failed = new Set<string>();
  return {
    get full() {
      return failed.size >= MAX_UNITS;
    },
    has: (unit) => failed.size > 0 && failed.has(hash(unit)),
    add(unit) {
      const hashed = hash(unit);
      if (failed.has(hashed) || failed.size >= MAX_UNITS) return undefined;
      failed.add(hashed);
      return hashed;
    },
  };
}
