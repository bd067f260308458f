import {
  type FlagDefinition,
  type FlagSet,
  freezeRamp,
  type JsonValue,
  percent,
  progressive,
  type RolloutStep,
  writeRule,
} from "@burgee/core";
import { Failure } from "../failure.js";
import { type Fallthrough, fallthroughOf } from "./fallthrough.js";
import { isSplit, readSplit, type TwoWaySplit, writeSplit } from "./split.js";

/** How far a flag is released. */
export interface Release {
  /** The variant that is released. */
  readonly variant: string;
  /** What the others get where the flag's default is that variant. */
  readonly safe: string | undefined;
  /** The attribute that is split by. `@default` what is split by already, or the targeting key */
  readonly by: string | undefined;
  /** How many percent have it when; the first may be now. */
  readonly steps: readonly [RolloutStep, ...RolloutStep[]];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A flag that gives a variant to a share of those for whom no condition of its rule decides. Conditions
 * stay, and so do the place that everybody has in the split, and what it is by: whoever has the variant
 * keeps it while the share grows.
 *
 * @throws Failure `findings` for a rule of which it cannot tell who that is; BurgeeError
 * `INVALID_RULE` for what is no percentage
 */
export function releaseFlag(
  key: string,
  flag: FlagDefinition,
  { $evaluators = {} }: FlagSet,
  { variant, safe, by, steps, now }: Release,
): FlagDefinition {
  const place = fallthroughOf(flag.targeting ?? null);
  const held = place && splitAt(place, flag, variant, $evaluators, now);
  if (place === undefined || held === undefined) {
    const what = `The rule of ${key} is not one that gives ${JSON.stringify(variant)} to a share of everybody and one other variant to the rest; write the release into the flag document.`;
    throw new Failure("findings", what);
  }
  const split = splitBy(by, held, key, variant);
  const rest = restOf(key, flag, variant, split.rest, safe);
  const weights = weightsOf(key, variant, steps, split.share, now);
  return writeRule(flag, place.replacedBy(writeSplit(weights, { ...split, rest })));
}

/** The split that is there; what gives everybody the same is one of 0 or 100 percent. */
function splitAt(
  { rule }: Fallthrough,
  { defaultVariant }: FlagDefinition,
  variant: string,
  evaluators: Readonly<Record<string, JsonValue>>,
  now: number,
): TwoWaySplit | undefined {
  if (isSplit(rule)) return readSplit(freezeRamp(rule, evaluators, now), variant);
  const share = (rule ?? defaultVariant) === variant ? 1 : 0;
  const rest = rule === variant ? null : (rule as string | null);
  const outside = rest === defaultVariant ? null : rest;
  return { site: {}, rest, outside, share, isLast: false };
}

/** The same split by what was asked for, unless that gave everybody another place. */
function splitBy(
  by: string | undefined,
  split: TwoWaySplit,
  key: string,
  variant: string,
): TwoWaySplit {
  if (by === undefined) return split;
  const asked = readSplit(percent({ [variant]: 0 }, unitOf(by)), variant) as TwoWaySplit;
  const isSame = JSON.stringify(asked.site) === JSON.stringify(split.site);
  if (isSame) return split;
  if (split.share === 0) return { ...split, site: asked.site, isLast: false };
  const what = `${key} is released by something else than ${by}, and everybody would be drawn anew; leave --by out, or release --percent 0 first.`;
  throw new Failure("findings", what);
}

function unitOf(by: string): { readonly by?: string } {
  return by === "targetingKey" ? {} : { by };
}

/** What the others get, which cannot be the variant itself. */
function restOf(
  key: string,
  { defaultVariant }: FlagDefinition,
  variant: string,
  rest: string | null,
  safe: string | undefined,
): string | null {
  if ((rest ?? defaultVariant) !== variant) return rest;
  if (safe !== undefined && safe !== variant) return safe;
  const what = `${JSON.stringify(variant)} is the default of ${key}, so everybody has it; name another --variant, or the --definitions that say which is safe.`;
  throw new Failure("findings", what);
}

/** What rules count time in, in milliseconds: a share that stays ends as long before it begins to grow. */
const SECOND = 1000;

/** The split as core writes it: at one share from now on, or growing from step to step. */
function weightsOf(
  key: string,
  variant: string,
  steps: Release["steps"],
  share: number,
  now: number,
): JsonValue {
  const [first, ...others] = steps;
  const wait = Number(first.at) - now;
  if (wait <= 0 && others.length === 0) return percent({ [variant]: first.percent });
  if (wait <= 0 || share === 0) return progressive(variant, steps);
  const present = Math.ceil(share * 1e6) / 1e4; // not less than it is, so that nobody loses it
  if (present > first.percent) {
    const what = `${key} gives ${JSON.stringify(variant)} to ${present} % now, and a schedule only grows; release --percent ${first.percent} without --at, or schedule more.`;
    throw new Failure("findings", what);
  }
  const stay = (at: number): RolloutStep => ({ at: new Date(at), percent: present });
  const end = wait > SECOND ? [stay(now + wait - SECOND)] : [];
  return progressive(variant, [stay(now), ...end, ...steps]);
}
