import { contextOf, type EvaluationContext } from "./context.js";
import { type EvaluationDetails, failure, type Serving, serve, servingOf } from "./details.js";
import { textOf } from "./errors.js";
import type { FlagDefinition, FlagMetadata } from "./flag-set.js";
import { isVariant } from "./hold.js";
import { jsonType } from "./json.js";
import { murmur3 } from "./murmur3.js";
import type { CompiledRule } from "./targeting/compile.js";
import { bucketAt } from "./targeting/division.js";
import {
  Assignment,
  type AttributeSplit,
  type Closure,
  type Course,
  frameAt,
  NO_FRAME,
  type Split,
  truthy,
  type Way,
  wayOf,
} from "./targeting/operator.js";

/** Decides a flag for a context. Never throws. */
export type Decide = (
  defaultValue: unknown,
  context: EvaluationContext,
  now: number | undefined,
) => EvaluationDetails<unknown>;

/**
 * Decides a flag by its rule. A rule that is a split, or whose ways end at variants' names, is
 * decided without its closures around those: each call that can be spared counts.
 *
 * @param byDefault what serves where the rule gives null; without it, the caller's default does
 */
export function decider(
  rule: CompiledRule,
  definition: FlagDefinition,
  byDefault: Serving | undefined,
  flagMetadata: FlagMetadata,
): Decide {
  const variants = new Variants(definition, byDefault, flagMetadata);
  const { course, framed, run, split } = rule;
  if (split !== undefined) return decideBySplit(split, run, variants);
  if (course === undefined) return decideByResult(run, framed, variants);
  const [way] = course.ways;
  return way !== undefined && course.ways.length === 1
    ? decideByOneWay(way, course.ends, framed, variants)
    : decideByWays(course, framed, variants);
}

function decideByResult(run: Closure, framed: boolean, variants: Variants): Decide {
  return (defaultValue, given, now) => {
    try {
      const result = run(contextOf(given), framed ? frameAt(now) : NO_FRAME);
      return variants.serve(result, defaultValue);
    } catch (error) {
      return variants.fail(error, defaultValue);
    }
  };
}

function decideByWays({ ways, ends }: Course, framed: boolean, variants: Variants): Decide {
  const servings: (Serving | undefined)[] = ends.map(() => undefined);
  return (defaultValue, given, now) => {
    try {
      const way = wayOf(ways, contextOf(given), framed ? frameAt(now) : NO_FRAME);
      const serving = servings[way];
      if (serving !== undefined) return serve(serving, defaultValue);
      servings[way] = variants.of(ends[way]);
      return variants.serve(ends[way], defaultValue);
    } catch (error) {
      return variants.fail(error, defaultValue);
    }
  };
}

function decideByOneWay(
  { condition, another = always }: Way,
  [end, otherwise]: Course["ends"],
  framed: boolean,
  variants: Variants,
): Decide {
  let open: Serving | undefined;
  let closed: Serving | undefined;
  return (defaultValue, given, now) => {
    try {
      const context = contextOf(given);
      const frame = framed ? frameAt(now) : NO_FRAME;
      if (truthy(condition(context, frame)) && truthy(another(context, frame))) {
        open ??= variants.of(end);
        return open === undefined ? variants.serve(end, defaultValue) : serve(open, defaultValue);
      }
      closed ??= variants.of(otherwise);
      return closed === undefined
        ? variants.serve(otherwise, defaultValue)
        : serve(closed, defaultValue);
    } catch (error) {
      return variants.fail(error, defaultValue);
    }
  };
}

function always(): true {
  return true;
}

function decideBySplit(
  { attribute, id, state, division }: AttributeSplit,
  run: Closure,
  variants: Variants,
): Decide {
  const { share } = division;
  const servings: (Serving | undefined)[] = division.variants.map(() => undefined);
  const decide = decideByResult(run, true, variants);
  return (defaultValue, given, now) => {
    try {
      const context = contextOf(given);
      const unit = context[attribute];
      if (typeof unit !== "string") return decide(defaultValue, context, now);
      const bucket = bucketAt(division, murmur3(unit, state));
      const serving = servings[bucket];
      if (serving !== undefined) return serve(serving, defaultValue, { id, unit, share });
      servings[bucket] = variants.of(division.variants[bucket]);
      return decide(defaultValue, context, now);
    } catch (error) {
      return variants.fail(error, defaultValue);
    }
  };
}

/**
 * What serves what a rule gives: made when that is first given, since most variants of most flags
 * never are.
 */
class Variants {
  readonly #definition: FlagDefinition;
  readonly #byDefault: Serving | undefined;
  readonly #flagMetadata: FlagMetadata;
  readonly #known: Serving[] = [];

  constructor(
    definition: FlagDefinition,
    byDefault: Serving | undefined,
    flagMetadata: FlagMetadata,
  ) {
    this.#definition = definition;
    this.#byDefault = byDefault;
    this.#flagMetadata = flagMetadata;
  }

  /** @throws TypeError for what is no variant's name */
  serve(result: unknown, defaultValue: unknown): EvaluationDetails<unknown> {
    return result instanceof Assignment
      ? this.#serve(result.variant, defaultValue, result.split)
      : this.#serve(result, defaultValue, undefined);
  }

  #serve(variant: unknown, value: unknown, split: Split | undefined): EvaluationDetails<unknown> {
    const serving = this.of(variant);
    if (serving !== undefined) return serve(serving, value, split);
    const flagMetadata = this.#flagMetadata;
    return { value, reason: "DEFAULT", flagMetadata, ...(split && { split }) };
  }

  fail(error: unknown, defaultValue: unknown): EvaluationDetails<unknown> {
    const message = `targeting failed: ${textOf(error)}`;
    return failure(defaultValue, "GENERAL", message, this.#flagMetadata);
  }

  /**
   * What serves what a rule gives; undefined where the caller's default does.
   *
   * @throws TypeError for what is no variant's name
   */
  of(result: unknown): Serving | undefined {
    const known = this.#known;
    for (let index = 0; index < known.length; index++) {
      const serving = known[index] as Serving;
      if (serving.details.variant === result) return serving;
    }
    return result === null || result === undefined ? this.#byDefault : this.#named(result);
  }

  #named(result: unknown): Serving {
    const name = String(result);
    const known = this.#known.find(({ details }) => details.variant === name);
    if (known !== undefined) return known;
    const definition = this.#definition;
    if (!isVariant(name, definition)) {
      const names = Object.keys(definition.variants).join(", ");
      throw new TypeError(`it gave a ${jsonType(result)} that is none of its variants (${names})`);
    }
    const serving = servingOf(name, definition, "TARGETING_MATCH", this.#flagMetadata);
    this.#known.push(serving);
    return serving;
  }
}
