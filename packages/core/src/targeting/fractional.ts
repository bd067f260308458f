import type { JsonValue } from "../json.js";
import { type HashState, murmur3, murmur3State } from "../murmur3.js";
import {
  type Closure,
  type Frame,
  isLiteral,
  type Operator,
  type Place,
  type Split,
  spend,
} from "./operator.js";

/**
 * flagd's percentage split (version 2): a unit always falls into the same bucket, and a bucket
 * that grows never loses a unit.
 *
 * @see https://flagd.dev/reference/custom-operations/fractional-operation/
 */
export const fractional: Readonly<Record<string, Operator>> = { fractional: split };

const MAX_TOTAL = 2147483647;

/** From how many characters on, and for how many each, hashing a unit counts as a step. */
const LONG = 64;

/** What the buckets come to, whoever falls into them. */
interface Division {
  readonly variants: readonly unknown[];
  /** Where each bucket ends. */
  readonly ends: readonly number[];
  readonly total: number;
  readonly share: Split["share"];
}

function split(place: Place): Closure {
  place.reads("context");
  const { decides, flagKey, pointer, written } = place;
  const id = decides ? `${pointer}#${murmur3(jsonOf(written)).toString(16)}` : "";
  const site: SplitSite = { decides, id, flagKey, state: murmur3State(flagKey) };
  return writtenBuckets(place, site) ?? computedBuckets(place, site);
}

/** What a fractional is, whoever is split. */
interface SplitSite {
  /** Whether its variant is the rule's. */
  readonly decides: boolean;
  readonly id: string;
  readonly flagKey: string;
  /** The hash after the flag's key, to go on from. */
  readonly state: HashState | undefined;
}

/** The variant of a unit, which is hashed after the flag's key or by itself. */
function variantOf(
  { decides, id, flagKey, state }: SplitSite,
  frame: Frame,
  unit: string,
  keyed: boolean,
  division: Division | undefined,
): unknown {
  if (division === undefined) return null;
  if (unit.length > LONG) spend(frame, unit.length / LONG);
  if (decides) frame.split = { id, unit, share: division.share };
  if (!keyed) return bucketAt(division, murmur3(unit));
  return bucketAt(division, state ? murmur3(unit, state) : murmur3(flagKey + unit));
}

/** Arguments as JSON; of those that are nested deeper than any rule, none. */
function jsonOf(written: JsonValue): string {
  try {
    return JSON.stringify(written);
  } catch {
    return "";
  }
}

/** Buckets that are written are added up once. Undefined where one has to be computed. */
function writtenBuckets(place: Place, site: SplitSite): Closure | undefined {
  const { args, listed, defaultVariant } = place;
  const [first = null, ...others] = args;
  if (!listed || !others.every((bucket) => isLiteral(bucket))) return undefined;
  for (const [index, bucket] of others.entries()) place.compile(bucket, index + 1);
  if (Array.isArray(first) && isLiteral(first)) {
    place.compile(first, 0);
    const division = divisionOf(args, defaultVariant);
    return (frame) => {
      const unit = targetingKeyOf(frame);
      return unit === undefined ? null : variantOf(site, frame, unit, true, division);
    };
  }
  const division = divisionOf(others, defaultVariant);
  const parts = place.afterFlagKey(first);
  if (parts !== undefined) return keyedByPart(place, parts, site, division);
  const key = place.compile(first, 0);
  return (frame) => {
    const unit = key(frame);
    if (typeof unit === "string") return variantOf(site, frame, unit, false, division);
    const targetingKey = targetingKeyOf(frame);
    if (targetingKey === undefined) return null;
    return variantOf(
      site,
      frame,
      targetingKey,
      true,
      divisionOf([unit, ...others], defaultVariant),
    );
  };
}

/** The key is the flag's and what follows it: that is the unit. */
function keyedByPart(
  place: Place,
  parts: readonly JsonValue[],
  site: SplitSite,
  division: Division | undefined,
): Closure {
  const [part = null, more] = parts;
  const name = more === undefined ? place.attributeOf(part) : undefined;
  const unitOf = place.compile(more === undefined ? part : { cat: parts }, 0);
  return (frame) => {
    const given = name === undefined ? undefined : frame.context[name];
    const unit = typeof given === "string" ? given : String(unitOf(frame));
    return variantOf(site, frame, unit, true, division);
  };
}

/** Buckets that are computed, of weights that change with time, are added up at each evaluation. */
function computedBuckets(place: Place, site: SplitSite): Closure {
  const { defaultVariant, flagKey } = place;
  const all = place.compileAll();
  const keyed = place.listed && place.afterFlagKey(place.args[0]) !== undefined;
  return (frame) => {
    const values = all(frame);
    const [head] = values;
    if (typeof head === "string") {
      const unit = keyed ? head.slice(flagKey.length) : head;
      return variantOf(site, frame, unit, keyed, divisionOf(values.slice(1), defaultVariant));
    }
    const unit = targetingKeyOf(frame);
    return unit === undefined
      ? null
      : variantOf(site, frame, unit, true, divisionOf(values, defaultVariant));
  };
}

function targetingKeyOf({ targetingKey }: Frame): string | undefined {
  return typeof targetingKey === "string" && targetingKey !== "" ? targetingKey : undefined;
}

/** Undefined where a bucket is malformed, or the weights come to nothing or too much. */
function divisionOf(
  buckets: readonly unknown[],
  defaultVariant: string | undefined,
): Division | undefined {
  const variants: unknown[] = [];
  const weights: number[] = [];
  const ends: number[] = [];
  let total = 0;
  for (const bucket of buckets) {
    if (!Array.isArray(bucket) || bucket.length === 0 || bucket.length > 2) return undefined;
    const [variant, weight = 1] = bucket as unknown[];
    if (typeof variant === "object" && variant !== null) return undefined;
    if (!Number.isInteger(weight)) return undefined;
    const positive = Math.max(0, weight as number);
    variants.push(variant);
    weights.push(positive);
    total += positive;
    ends.push(total);
  }
  if (total === 0 || total > MAX_TOTAL) return undefined;
  return { variants, ends, total, share: sharesOf(variants, weights, total, defaultVariant) };
}

/** The variant at `(hash × total) >> 32`. */
function bucketAt({ variants, ends, total }: Division, hash: number): unknown {
  const position = scaled(hash, total);
  let index = 0;
  while ((ends[index] as number) <= position) index++;
  return variants[index];
}

/** `(hash × total) >> 32`, exactly: the product may have over 53 bits, so it is taken in two halves. */
function scaled(hash: number, total: number): number {
  const low = (hash & 0xffff) * total;
  const high = (hash >>> 16) * total;
  if (total < 2 ** 15) return (high + (low >>> 16)) >>> 16; // in small integers, which is faster
  return Math.floor((high + Math.floor(low / 2 ** 16)) / 2 ** 16);
}

/** A null bucket serves the default variant, so its weight is the default variant's. */
function sharesOf(
  variants: readonly unknown[],
  weights: readonly number[],
  total: number,
  defaultVariant: string | undefined,
): Split["share"] {
  const shares = new Map<string, number>();
  for (const [index, variant] of variants.entries()) {
    const name = variant === null ? defaultVariant : String(variant);
    const weight = weights[index] as number;
    if (name !== undefined) shares.set(name, (shares.get(name) ?? 0) + weight / total);
  }
  return Object.freeze(Object.fromEntries(shares));
}
