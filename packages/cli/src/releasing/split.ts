import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "@burgee/core";

/** A split of everybody between one variant and the rest, as a rule has it. */
export interface TwoWaySplit {
  /** What is split by, as the rule says it: all that is not a bucket. */
  readonly site: Site;
  /** What the others get: a variant's name, or null for the default variant. */
  readonly rest: string | null;
  /** What those get who are in no share: a variant's name, or null for the default variant. */
  readonly outside: string | null;
  /** The share that has the variant, 0 to 1. */
  readonly share: number;
  /** Whether the variant's bucket stands after the other one. */
  readonly isLast: boolean;
}

/** What a split is by: two of the same site give everybody the same place. */
export interface Site {
  /** The condition around it, that there is something to split by. */
  readonly guard?: JsonValue;
  /** Its argument that is no bucket. */
  readonly unit?: JsonValue;
}

/**
 * Whether a rule is a split, as `percent` and `progressive` of core write it, or any `fractional`; with a
 * variant after it, or without, for those who have nothing to split by.
 */
export function isSplit(rule: JsonValue): boolean {
  return splitParts(rule) !== undefined;
}

/**
 * Reads a split between a variant and the rest.
 *
 * @param rule with weights that are written, not computed
 * @returns undefined for one between more than those two, or with weights that are not whole numbers
 */
export function readSplit(rule: JsonValue, variant: string): TwoWaySplit | undefined {
  const { site, buckets, outside } = splitParts(rule) ?? { site: {}, buckets: [], outside: null };
  if (buckets.length === 0 || buckets.length > 2) return undefined;
  const read = buckets.map((bucket) => {
    const [name, weight = 1] = Array.isArray(bucket) ? (bucket as readonly JsonValue[]) : [];
    return { name, weight: Number.isInteger(weight) ? Math.max(0, weight as number) : Number.NaN };
  });
  const total = read.reduce((sum, { weight }) => sum + weight, 0);
  const mine = read.filter(({ name }) => name === variant);
  const [others, ...more] = read.filter(({ name }) => name !== variant);
  const rest = others?.name ?? outside;
  if (!(total > 0) || mine.length > 1 || more.length > 0) return undefined;
  if (rest === variant || (rest !== null && typeof rest !== "string")) return undefined;
  const share = (mine[0]?.weight ?? 0) / total;
  return { site, rest, outside, share, isLast: read.length === 2 && read[1] === mine[0] };
}

/**
 * Writes a split at a site.
 *
 * @param weights a split of the variant and of nobody, by the targeting key, with the weights to write
 */
export function writeSplit(
  weights: JsonValue,
  { site, rest, outside, isLast }: Omit<TwoWaySplit, "share">,
): JsonValue {
  const { buckets: written } = splitParts(weights) as Parts;
  const [mine, others] = written as [JsonValue, [null, JsonValue]];
  const buckets: JsonValue[] = [mine, [rest, others[1]]];
  if (isLast) buckets.reverse();
  const { guard, unit } = site;
  const fractional = { fractional: unit === undefined ? buckets : [unit, ...buckets] };
  const split = guard === undefined ? fractional : { if: [guard, fractional] };
  return outside === null ? split : { or: [split, outside] };
}

interface Parts extends Pick<TwoWaySplit, "site" | "outside"> {
  readonly buckets: readonly JsonValue[];
}

function splitParts(rule: JsonValue): Parts | undefined {
  const [split, outside, ...more] = argumentsOf(rule, "or") ?? [];
  if (split === undefined || typeof outside !== "string" || more.length > 0) {
    return guardedParts(rule);
  }
  const parts = guardedParts(split);
  return parts && { ...parts, outside };
}

function guardedParts(rule: JsonValue): Parts | undefined {
  const [guard, guarded, ...more] = argumentsOf(rule, "if") ?? [];
  if (guard === undefined || guarded === undefined || more.length > 0) return plainParts(rule);
  const parts = plainParts(guarded);
  const keyed = { cat: [{ var: "$flagd.flagKey" }, guard] };
  const isGuard = isDeepStrictEqual(parts?.site.unit, keyed);
  return parts && isGuard ? { ...parts, site: { ...parts.site, guard } } : undefined;
}

function plainParts(rule: JsonValue): Parts | undefined {
  const args = argumentsOf(rule, "fractional");
  if (args === undefined) return undefined;
  const [unit = null, ...buckets] = args;
  return Array.isArray(unit)
    ? { site: {}, buckets: args, outside: null }
    : { site: { unit }, buckets, outside: null };
}

function argumentsOf(rule: JsonValue, operator: string): readonly JsonValue[] | undefined {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return undefined;
  const args = Object.hasOwn(rule, operator) && (rule as Record<string, JsonValue>)[operator];
  return Array.isArray(args) && Object.keys(rule).length === 1 ? args : undefined;
}
