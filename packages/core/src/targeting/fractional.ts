import type { JsonValue } from "../json.js";
import { murmur3 } from "../murmur3.js";
import {
  type Closure,
  type Frame,
  isLiteral,
  type Operator,
  type Place,
  type Split,
} from "./operator.js";

/**
 * flagd's percentage split (version 2): a unit always falls into the same bucket, and a bucket
 * that grows never loses a unit.
 *
 * @see https://flagd.dev/reference/custom-operations/fractional-operation/
 */
export const fractional: Readonly<Record<string, Operator>> = { fractional: split };

const MAX_TOTAL = 2147483647;

type Bucket = readonly [variant: unknown, weight: number];

/** What the buckets come to, whoever falls into them. */
interface Division {
  readonly buckets: readonly Bucket[];
  readonly total: number;
  readonly share: Split["share"];
}

function split(args: readonly JsonValue[], place: Place): Closure {
  const [first, ...others] = args.map((rule, index) => place.compile(rule, index));
  if (first === undefined) return () => null;
  const divide = (values: readonly unknown[]) => divisionOf(values, place.defaultVariant);
  // Weights that are written are added up once; weights that are computed, each time.
  const writtenAll = args.every(isLiteral) ? divide(args) : undefined;
  const writtenOthers = args.slice(1).every(isLiteral) ? divide(args.slice(1)) : undefined;
  const id = `${place.pointer}#${murmur3(JSON.stringify(args)).toString(16)}`;

  return (frame) => {
    const head = first(frame);
    const keyed = typeof head === "string";
    const key = keyed ? head : implicitKey(frame);
    if (key === undefined) return null;
    const rest = () => others.map((closure) => closure(frame));
    const division = keyed
      ? (writtenOthers ?? divide(rest()))
      : (writtenAll ?? divide([head, ...rest()]));
    if (division === undefined) return null;
    if (place.decides) frame.split = { id, unit: unitOf(key, frame), share: division.share };
    return bucketAt(division, murmur3(key));
  };
}

function implicitKey(frame: Frame): string | undefined {
  const unit = frame.context.targetingKey;
  return typeof unit === "string" && unit !== "" ? frame.flagKey + unit : undefined;
}

/** Undefined where a bucket is malformed, or the weights come to nothing or too much. */
function divisionOf(
  values: readonly unknown[],
  defaultVariant: string | undefined,
): Division | undefined {
  const buckets: Bucket[] = [];
  let total = 0;
  for (const value of values) {
    if (!Array.isArray(value) || value.length === 0 || value.length > 2) return undefined;
    const [variant, weight = 1] = value as unknown[];
    if (typeof variant === "object" && variant !== null) return undefined;
    if (!Number.isInteger(weight)) return undefined;
    const bucket: Bucket = [variant, Math.max(0, weight as number)];
    buckets.push(bucket);
    total += bucket[1];
  }
  if (total === 0 || total > MAX_TOTAL) return undefined;
  return { buckets, total, share: shares(buckets, total, defaultVariant) };
}

/** The text that is bucketed, without the flag's key. */
function unitOf(key: string, { flagKey }: Frame): string {
  return key.startsWith(flagKey) ? key.slice(flagKey.length) : key;
}

/** The variant at `(hash × total) >> 32`. */
function bucketAt({ buckets, total }: Division, hash: number): unknown {
  const position = scaled(hash, total);
  let sum = 0;
  for (const [variant, weight] of buckets) {
    sum += weight;
    if (sum > position) return variant;
  }
  return null;
}

/** `(hash × total) >> 32`, exactly: the product has up to 63 bits, so it is taken in two halves. */
function scaled(hash: number, total: number): number {
  const low = (hash & 0xffff) * total;
  const high = (hash >>> 16) * total;
  return Math.floor((high + Math.floor(low / 0x10000)) / 0x10000);
}

/** A null bucket serves the default variant, so its weight is the default variant's. */
function shares(
  buckets: readonly Bucket[],
  total: number,
  defaultVariant: string | undefined,
): Split["share"] {
  const weights = new Map<string, number>();
  for (const [variant, weight] of buckets) {
    const name = variant === null ? defaultVariant : String(variant);
    if (name !== undefined) weights.set(name, (weights.get(name) ?? 0) + weight / total);
  }
  return Object.freeze(Object.fromEntries(weights));
}
