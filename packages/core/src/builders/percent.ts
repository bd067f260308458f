import { BurgeeError } from "../errors.js";
import type { JsonValue } from "../json.js";
import { variable } from "./attribute.js";
import { type Rule, rule } from "./rule.js";

/** What a percentage is a percentage of. */
export interface SplitOptions {
  /**
   * The attribute whose values are split, a text or a number: everybody with the same one gets the
   * same variant. Who has none, or an empty one, gets no variant of this rule.
   *
   * @default "targetingKey"
   */
  readonly by?: string;
}

/** How many decimals a percentage may have: the smallest is one in a million. */
const MAX_DECIMALS = 4;

/**
 * Gives each variant to a part of the units, always the same ones; the rest get none of this rule.
 * Raising the only percentage, or the last one, takes a variant from nobody; raising an earlier
 * one moves the places of those after it, so write the variant that is to grow last.
 *
 * @param shares percent by variant, 0 to 100, of at most 4 decimals, together at most 100
 * @throws BurgeeError `INVALID_RULE` for shares that are anything else
 *
 * @example
 * ```ts
 * import { percent } from "@burgee/core";
 *
 * percent({ on: 10 }); // {"fractional": [["on", 10], [null, 90]]}
 * percent({ on: 0.5 }, { by: "company" });
 * ```
 */
export function percent<const Shares extends Readonly<Record<string, number>>>(
  shares: Shares,
  options: SplitOptions = {},
): Rule<keyof Shares & string> {
  const { weights, total } = weightsOf(Object.values(shares), "percent");
  const rest = total - weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length === 0 || rest < 0) {
    throw new BurgeeError(
      "INVALID_RULE",
      `percent needs shares of at most 100 together, not ${JSON.stringify(shares)}.`,
    );
  }
  const buckets = Object.keys(shares).map((variant, index) => [variant, weights[index] as number]);
  // Some engines want two buckets at least.
  const filled = rest === 0 && buckets.length > 1;
  return rule(split(filled ? buckets : [...buckets, [null, rest]], options));
}

/**
 * Writes a split of buckets. An attribute that is missing must not put everybody in one bucket,
 * and the flag's key is part of what is hashed, so that two flags do not split alike.
 */
export function split(buckets: readonly JsonValue[], { by }: SplitOptions): JsonValue {
  if (by === undefined) return { fractional: buckets };
  const unit = variable(by);
  return { if: [unit, { fractional: [{ cat: [{ var: "$flagd.flagKey" }, unit] }, ...buckets] }] };
}

/**
 * Percentages as whole weights of a total of 100, or of 1000 and so on where there are decimals.
 *
 * @throws BurgeeError `INVALID_RULE` for what is not 0 to 100, or has more than 4 decimals
 */
export function weightsOf(percents: readonly number[], where: string) {
  const scale = 10 ** Math.max(0, ...percents.map((percent) => decimalsOf(percent, where)));
  return { weights: percents.map((percent) => Math.round(percent * scale)), total: 100 * scale };
}

function decimalsOf(percent: number, where: string): number {
  const [, fraction = "", exponent = "0"] =
    /^\d+(?:\.(\d+))?(?:e(-\d+))?$/.exec(`${percent}`) ?? [];
  const decimals = fraction.length - Number(exponent);
  const inRange = typeof percent === "number" && percent >= 0 && percent <= 100;
  if (inRange && decimals <= MAX_DECIMALS) return decimals;
  throw new BurgeeError(
    "INVALID_RULE",
    `${where}: a percentage is 0 to 100, of at most ${MAX_DECIMALS} decimals, not ${percent}.`,
  );
}
