import type { Split } from "@burgee/core";

/**
 * Whether a split's units arrive in the shares it was told to give. Where they do not, something
 * decides who is counted (a redirect, a cache, a read behind a condition), and no comparison of its
 * variants holds.
 */
export interface SplitCheck {
  /** The flag's key. */
  readonly flag: string;
  /** The split's id. */
  readonly split: string;
  /** How many units were seen of each variant; of a large number of units, a part. */
  readonly units: Readonly<Record<string, number>>;
  /** How many there should have been. */
  readonly expected: Readonly<Record<string, number>>;
  /**
   * How likely so uneven a split is, at most, if nothing is wrong. It may be looked at as often as
   * wanted: that it ever falls to 0.001 has a chance of 0.001.
   */
  readonly pValue: number;
}

/** How a split's units arrive. */
export type Arrivals = Pick<SplitCheck, "units" | "expected" | "pValue">;

/** The sample ratio of one split. */
export interface SampleRatio {
  /** Counts a unit, the first time it is seen. */
  count(variant: string, split: Split): void;
  /** The counts now. */
  snapshot(): Arrivals;
}

/** How many units are told apart: each has a bit, and one whose bit is taken is not counted. */
const BITS = 2 ** 15;

/** How many units are counted: beyond, few bits are free. */
const MAX_UNITS = (BITS * 3) / 4;

/** How many units it takes to take an uneven split for one. */
const CONCENTRATION = 1000;

/** How much of a unit's name tells it apart, in characters. */
const MAX_HASHED = 128;

/** A whole number for each unit, of 32 bits. */
export type UnitHash = (unit: string) => number;

/**
 * FNV-1a from a seed of one's own: it has nothing to do with the hash that splits. All reads of a
 * request are mostly split by the same unit, so that the last is kept.
 */
export function createUnitHash(seed: number = Math.random() * 2 ** 32): UnitHash {
  let last = "";
  let hashed = 0;
  return (unit) => {
    if (unit === last) return hashed;
    let value = seed | 0;
    const length = Math.min(unit.length, MAX_HASHED);
    for (let index = 0; index < length; index++) {
      value = Math.imul(value ^ unit.charCodeAt(index), 0x01000193);
    }
    value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
    last = unit;
    hashed = value ^ (value >>> 15);
    return hashed;
  };
}

interface Side {
  readonly variant: string;
  units: number;
  expected: number;
}

/**
 * A test martingale: each new unit multiplies the evidence by how likely its variant was by the
 * counts so far, over how likely it should have been. With constant shares it is the sequential
 * multinomial test with a Dirichlet prior; with shares that change over time it goes on.
 *
 * @see Michael Lindon, Alan Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022
 */
export function createSampleRatio(hash: UnitHash): SampleRatio {
  const seen = new Uint32Array(BITS / 32);
  const sides: Side[] = [];
  /** The shares whose variants all have a side. */
  let known: Split["share"] | undefined;
  let counted = 0;
  let evidence = 0; // its logarithm
  let most = 0;

  function isFirst(unit: string): boolean {
    const bit = hash(unit) & (BITS - 1);
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    if (((seen[word] as number) & mask) !== 0) return false;
    seen[word] = (seen[word] as number) | mask;
    return true;
  }

  function know(share: Split["share"]): void {
    known = share;
    for (const variant of Object.keys(share)) {
      if (sides.some((side) => side.variant === variant)) continue;
      sides.push({ variant, units: 0, expected: 0 });
    }
  }

  function weigh(variant: string, share: Split["share"]): void {
    let all = 0;
    let own = 1;
    for (const side of sides) {
      const part = share[side.variant] ?? 0;
      if (!(part > 0)) continue;
      const tilt = tiltOf(side, part);
      all += part * tilt;
      if (side.variant === variant) {
        own = tilt;
        side.units++;
      }
      side.expected += part;
    }
    evidence += Math.log(own / all);
    if (evidence > most) most = evidence;
  }

  return {
    count(variant, { unit, share }) {
      if (counted >= MAX_UNITS || !isFirst(unit)) return;
      if (share !== known) know(share);
      if (!Object.hasOwn(share, variant) || !((share[variant] as number) > 0)) return;
      counted++;
      weigh(variant, share);
    },
    snapshot: () => ({
      units: Object.fromEntries(sides.map(({ variant, units }) => [variant, units])),
      expected: Object.fromEntries(sides.map(({ variant, expected }) => [variant, expected])),
      pValue: Math.exp(-most),
    }),
  };
}

/** How much likelier a variant is, by the counts so far, than its share says. */
function tiltOf({ units, expected }: Side, share: number): number {
  const prior = CONCENTRATION * share;
  return (units + prior) / (expected + prior);
}
