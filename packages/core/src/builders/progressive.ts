import { BurgeeError } from "../errors.js";
import type { JsonValue } from "../json.js";
import { NOW, secondsOf } from "./date.js";
import { type SplitOptions, split, weightsOf } from "./percent.js";
import { type Rule, rule } from "./rule.js";

/** One point of a progressive rollout. */
export interface RolloutStep {
  /** When it is reached: a date as `before` takes it. */
  readonly at: Date | string;
  /** How many percent have the variant then: 0 to 100, of at most 4 decimals. */
  readonly percent: number;
}

/**
 * Gives a variant to more and more units: to nobody before the first date, then to a share that
 * grows evenly, second by second, from each step to the next, and to the last share from then on.
 * No server job is needed, and nobody who has the variant loses it.
 *
 * @throws BurgeeError `INVALID_RULE` without steps, or where dates do not rise or percentages fall
 *
 * @example
 * ```ts
 * import { progressive } from "@burgee/core";
 *
 * progressive("on", [
 *   { at: "2027-01-04T09:00:00Z", percent: 10 },
 *   { at: "2027-01-06T09:00:00Z", percent: 50 },
 *   { at: "2027-01-08T09:00:00Z", percent: 100 },
 * ]);
 * ```
 */
export function progressive<const Variant extends string>(
  variant: Variant,
  steps: readonly [RolloutStep, ...RolloutStep[]],
  options: SplitOptions = {},
): Rule<Variant> {
  const { points, total } = pointsOf(steps);
  const last = points.at(-1) as Point;
  /** The weight before the first point, on the line between each two, and after the last. */
  const ramp = (start: number, line: (from: Point, to: Point) => JsonValue, end: number) => {
    const parts = points.flatMap((to, index): JsonValue[] => {
      const from = points[index - 1];
      return [{ "<": [NOW, to.time] }, from === undefined ? start : line(from, to)];
    });
    return { if: [...parts, end] };
  };
  const buckets: JsonValue = [
    [variant, ramp(0, rising, last.weight)],
    [null, ramp(total, (from, to) => falling(from, to, total), total - last.weight)],
  ];
  return rule(split(buckets, options));
}

interface Point {
  /** Whole seconds since 1970. */
  readonly time: number;
  /** How many of the total have the variant. */
  readonly weight: number;
}

/** The largest total of weights that a split may have. */
const MAX_TOTAL = 2147483647;

/** The total where no larger one lets every weight grow by whole numbers. */
const COARSE_TOTAL = 1_000_000;

/** The steps on a total, where it can be, that lets the weight grow by a whole number a second. */
function pointsOf(steps: readonly RolloutStep[]): { points: readonly Point[]; total: number } {
  const { weights, total } = weightsOf(
    steps.map(({ percent }) => percent),
    "progressive",
  );
  const points = steps.map(({ at }, index) => {
    return { time: secondsOf(at), weight: weights[index] as number };
  });
  checkOrder(points);
  let scale = 1;
  for (const [index, to] of points.slice(1).entries()) {
    const { time, growth } = between(points[index] as Point, to);
    const seconds = time / commonDivisor(time, growth);
    scale *= seconds / commonDivisor(scale, seconds);
  }
  if (total * scale > MAX_TOTAL) scale = COARSE_TOTAL / total;
  return {
    points: points.map(({ time, weight }) => ({ time, weight: weight * scale })),
    total: total * scale,
  };
}

function checkOrder(points: readonly Point[]): void {
  const fault = (what: string) => new BurgeeError("INVALID_RULE", `progressive: ${what}.`);
  if (points.length === 0) throw fault("needs at least one step");
  for (const [index, to] of points.slice(1).entries()) {
    const { time, growth } = between(points[index] as Point, to);
    if (time <= 0) throw fault(`step ${index + 2} is not later than the one before it`);
    if (growth < 0) throw fault(`step ${index + 2} has fewer percent than the one before it`);
  }
}

function between(from: Point, to: Point): { time: number; growth: number } {
  return { time: to.time - from.time, growth: to.weight - from.weight };
}

function rising(from: Point, to: Point): JsonValue {
  return plus(from.weight, grown(from, to));
}

/** What {@link rising} leaves of the total. */
function falling(from: Point, to: Point, total: number): JsonValue {
  const { time, growth } = between(from, to);
  const left = { "-": [to.time, NOW] };
  if (growth % time === 0) return plus(total - to.weight, times(left, growth / time));
  return { "-": [total - from.weight, grown(from, to)] };
}

/** How much the weight has grown since a point: a whole number, always. */
function grown(from: Point, to: Point): JsonValue {
  const { time, growth } = between(from, to);
  const gone = { "-": [NOW, from.time] };
  if (growth % time === 0) return times(gone, growth / time);
  const exact = { "/": [times(gone, growth), time] };
  return { "-": [exact, { "%": [exact, 1] }] };
}

function plus(start: number, more: JsonValue): JsonValue {
  if (more === 0) return start;
  return start === 0 ? more : { "+": [start, more] };
}

function times(value: JsonValue, factor: number): JsonValue {
  if (factor === 0) return 0;
  return factor === 1 ? value : { "*": [value, factor] };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
