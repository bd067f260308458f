/** How units are divided: by buckets of weights. */
export interface Division {
  readonly variants: readonly unknown[];
  /** Where each bucket ends. */
  readonly ends: readonly number[];
  readonly total: number;
  /** The share of each variant, 0 to 1. */
  readonly share: Readonly<Record<string, number>>;
}

const MAX_TOTAL = 2147483647;

/** Undefined where a bucket is malformed, or the weights come to nothing or too much. */
export function divisionOf(
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

/** The index of the bucket at `(hash × total) >> 32`. */
export function bucketAt({ ends, total }: Division, hash: number): number {
  const position = scaled(hash, total);
  let index = 0;
  while ((ends[index] as number) <= position) index++;
  return index;
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
): Division["share"] {
  const shares = new Map<string, number>();
  for (const [index, variant] of variants.entries()) {
    const name = variant === null ? defaultVariant : String(variant);
    const weight = weights[index] as number;
    if (name !== undefined) shares.set(name, (shares.get(name) ?? 0) + weight / total);
  }
  return Object.freeze(Object.fromEntries(shares));
}
