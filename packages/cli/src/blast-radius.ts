import { createRuleset, type EvaluationContext, type FlagSet, type Ruleset } from "@burgee/core";
import type { Population } from "./population.js";

/** Who sees another variant of a flag under a change. */
export interface BlastRadius {
  /** The flag's key. */
  readonly flag: string;
  /** How many were tried. */
  readonly of: number;
  /** How many of them see another variant. */
  readonly changed: number;
  /** From which variant to which, the most frequent first; "(code default)" where the set decides nothing. */
  readonly moves: readonly Move[];
}

/** How many go from one variant to another. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** What serves where the flag set decides nothing. */
export const CODE_DEFAULT = "(code default)";

/** A change of one flag that is tried on one context after the other. */
export interface Trial {
  try(context: EvaluationContext): void;
  /** What came out so far. */
  radius(): BlastRadius;
}

/**
 * Tries a change on a population: every context is decided before and after it, at one moment.
 *
 * @param now milliseconds since the epoch
 */
export function blastRadius(
  keys: Iterable<string>,
  before: FlagSet,
  after: FlagSet,
  { contexts }: Population,
  now: number,
): BlastRadius[] {
  const [old, next] = [createRuleset(before), createRuleset(after)];
  return [...keys].map((flag) => {
    const trial = createTrial(flag, old, next, now);
    for (const context of contexts) trial.try(context);
    return trial.radius();
  });
}

/** @param now milliseconds since the epoch */
export function createTrial(flag: string, before: Ruleset, after: Ruleset, now: number): Trial {
  const counts = new Map<string, Map<string, number>>();
  let of = 0;
  return {
    try(context) {
      of += 1;
      const from = before.evaluate<unknown>(flag, undefined, context, now).variant ?? CODE_DEFAULT;
      const to = after.evaluate<unknown>(flag, undefined, context, now).variant ?? CODE_DEFAULT;
      if (from === to) return;
      const ends = counts.get(from) ?? new Map<string, number>();
      counts.set(from, ends.set(to, (ends.get(to) ?? 0) + 1));
    },
    radius() {
      const moves = [...counts].flatMap(([from, ends]) => {
        return [...ends].map(([to, count]) => ({ from, to, count }));
      });
      const changed = moves.reduce((sum, { count }) => sum + count, 0);
      return { flag, of, changed, moves: moves.sort((a, b) => b.count - a.count) };
    },
  };
}

/** How many contexts see which variant of a flag, the most frequent first. */
export function sharesOf(
  flag: string,
  flagSet: FlagSet,
  { contexts }: Population,
  now: number,
): ReadonlyMap<string, number> {
  const ruleset = createRuleset(flagSet);
  const { reason, variant = CODE_DEFAULT } = ruleset.evaluate<unknown>(flag, undefined, {}, now);
  if (reason === "STATIC" || reason === "DISABLED") return new Map([[variant, contexts.length]]);
  const counts = new Map<string, number>();
  for (const context of contexts) {
    const { variant = CODE_DEFAULT } = ruleset.evaluate<unknown>(flag, undefined, context, now);
    counts.set(variant, (counts.get(variant) ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

/** A blast radius in words: "3.1 % of 20,000 contexts: off → on 3.1 %". */
export function radiusText({ of, changed, moves }: BlastRadius, { name }: Population): string {
  if (changed === 0) return `nobody of ${name} sees another variant`;
  const [first, ...others] = moves.map(({ from, to, count }) => {
    return `${from} → ${to}${moves.length > 1 ? ` ${percentOf(count, of)}` : ""}`;
  });
  return `${percentOf(changed, of)} of ${name}: ${[first, ...others].join(", ")}`;
}

/** Shares in words: "on 10.2 %, off 89.8 %". */
export function sharesText(shares: ReadonlyMap<string, number>): string {
  const total = [...shares.values()].reduce((sum, count) => sum + count, 0);
  return [...shares].map(([variant, count]) => `${variant} ${percentOf(count, total)}`).join(", ");
}

/** A share as a percentage of one decimal, which is neither 0 nor 100 unless it is so exactly. */
export function percentOf(count: number, total: number): string {
  const percent = total === 0 ? 0 : (100 * count) / total;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  if (percent < 100 && percent > 99.9) return "> 99.9 %";
  return `${Number(percent.toFixed(1))} %`;
}
