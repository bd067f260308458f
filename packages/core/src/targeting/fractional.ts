import type { JsonValue } from "../json.js";
import { murmur3 } from "../murmur3.js";
import type { Closure, Frame, Operator, Place, Split } from "./operator.js";

/**
 * flagd's percentage split (version 2): a unit always falls into the same bucket, and a bucket
 * that grows never loses a unit.
 *
 * @see https://flagd.dev/reference/custom-operations/fractional-operation/
 */
export const fractional: Readonly<Record<string, Operator>> = { fractional: split };

const MAX_TOTAL = 2147483647;

type Bucket = readonly [variant: unknown, weight: number];

function split(args: readonly JsonValue[], place: Place): Closure {
  const closures = args.map((rule, index) => place.compile(rule, index));
  const noteSplit = place.decides ? splitNotes(args, place) : undefined;
  return (frame) => {
    if (closures.length === 0) return null;
    const values = closures.map((closure) => closure(frame));
    const keyed = typeof values[0] === "string";
    const key = keyed ? (values[0] as string) : implicitKey(frame);
    const buckets = toBuckets(keyed ? values.slice(1) : values);
    if (key === undefined || buckets === undefined) return null;
    const total = buckets.reduce((sum, [, weight]) => sum + weight, 0);
    if (total === 0 || total > MAX_TOTAL) return null;
    const won = bucketAt(buckets, scaled(murmur3(key), total));
    noteSplit?.(frame, key, buckets, total);
    return won;
  };
}

function implicitKey(frame: Frame): string | undefined {
  const unit = frame.context.targetingKey;
  return typeof unit === "string" && unit !== "" ? frame.flagKey + unit : undefined;
}

function toBuckets(values: readonly unknown[]): readonly Bucket[] | undefined {
  const buckets: Bucket[] = [];
  for (const value of values) {
    if (!Array.isArray(value) || value.length === 0 || value.length > 2) return undefined;
    const [variant, weight = 1] = value as unknown[];
    if (typeof variant === "object" && variant !== null) return undefined;
    if (!Number.isInteger(weight)) return undefined;
    buckets.push([variant, Math.max(0, weight as number)]);
  }
  return buckets;
}

/** `(hash × total) >> 32`, exactly: the product has up to 63 bits, so it is taken in two halves. */
function scaled(hash: number, total: number): number {
  const low = (hash & 0xffff) * total;
  const high = (hash >>> 16) * total;
  return Math.floor((high + Math.floor(low / 0x10000)) / 0x10000);
}

function bucketAt(buckets: readonly Bucket[], position: number): unknown {
  let sum = 0;
  for (const [variant, weight] of buckets) {
    sum += weight;
    if (sum > position) return variant;
  }
  return null;
}

function splitNotes(args: readonly JsonValue[], place: Place) {
  const id = `${place.pointer}#${murmur3(JSON.stringify(args)).toString(16)}`;
  return (frame: Frame, key: string, buckets: readonly Bucket[], total: number): void => {
    const unit = key.startsWith(frame.flagKey) ? key.slice(frame.flagKey.length) : key;
    frame.split = { id, unit, share: shares(buckets, total, place.defaultVariant) };
  };
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
  return Object.fromEntries(weights);
}
