import type { EvaluationContext } from "../context.js";
import type { JsonValue } from "../json.js";
import { type HashState, murmur3, murmur3State } from "../murmur3.js";
import { bucketAt, type Division, divisionOf } from "./division.js";
import {
  Assignment,
  type Closure,
  type Frame,
  isLiteral,
  type Operator,
  type Place,
  spend,
} from "./operator.js";

/**
 * flagd's percentage split (version 2): a unit always falls into the same bucket, and a bucket
 * that grows never loses a unit.
 *
 * @see https://flagd.dev/reference/custom-operations/fractional-operation/
 */
export const fractional: Readonly<Record<string, Operator>> = { fractional: split };

/** From how many characters on, and for how many each, hashing a unit counts as a step. */
const LONG = 64;

function split(place: Place): Closure {
  place.reads("context");
  const { decides, flagKey, pointer, written } = place;
  const id = decides ? `${pointer}#${(murmur3(jsonOf(written)) >>> 0).toString(16)}` : "";
  const framed = !place.isOnlySplit();
  const site: SplitSite = { decides, framed, id, flagKey, state: murmur3State(flagKey) };
  const closure = writtenBuckets(place, site) ?? computedBuckets(place, site);
  return framed ? closure : place.unframed(closure);
}

/** What a fractional is, whoever is split. */
interface SplitSite {
  /** Whether its variant is the rule's. */
  readonly decides: boolean;
  /** Whether the steps of hashing are counted. */
  readonly framed: boolean;
  readonly id: string;
  readonly flagKey: string;
  /** The hash after the flag's key, to go on from. */
  readonly state: HashState | undefined;
}

/** The variant of a unit, which is hashed after the flag's key or by itself. */
function assign(
  { decides, framed, id, flagKey, state }: SplitSite,
  frame: Frame,
  unit: string,
  keyed: boolean,
  division: Division | undefined,
): unknown {
  if (division === undefined) return null;
  if (framed && unit.length > LONG) spend(frame, unit.length / LONG);
  const hash = !keyed ? murmur3(unit) : state ? murmur3(unit, state) : murmur3(flagKey + unit);
  const variant = division.variants[bucketAt(division, hash)];
  return decides ? new Assignment(variant, { id, unit, share: division.share }) : variant;
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
    return (context, frame) => {
      const unit = targetingKeyOf(context);
      return unit === undefined ? null : assign(site, frame, unit, true, division);
    };
  }
  const division = divisionOf(others, defaultVariant);
  const parts = place.afterFlagKey(first);
  if (parts !== undefined) return keyedByPart(place, parts, site, division);
  const key = place.compile(first, 0);
  return (context, frame) => {
    const unit = key(context, frame);
    if (typeof unit === "string") return assign(site, frame, unit, false, division);
    const targetingKey = targetingKeyOf(context);
    if (targetingKey === undefined) return null;
    return assign(site, frame, targetingKey, true, divisionOf([unit, ...others], defaultVariant));
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
  if (name !== undefined && division !== undefined && site.state !== undefined) {
    place.splits({ attribute: name, id: site.id, state: site.state, division });
  }
  const unitOf = place.compile(more === undefined ? part : { cat: parts }, 0);
  return (context, frame) => {
    const given = name === undefined ? undefined : context[name];
    const unit = typeof given === "string" ? given : String(unitOf(context, frame));
    return assign(site, frame, unit, true, division);
  };
}

/** Buckets that are computed, of weights that change with time, are added up at each evaluation. */
function computedBuckets(place: Place, site: SplitSite): Closure {
  const { defaultVariant, flagKey } = place;
  const all = place.compileAll();
  const keyed = place.listed && place.afterFlagKey(place.args[0]) !== undefined;
  return (context, frame) => {
    const values = all(context, frame);
    const [head] = values;
    if (typeof head === "string") {
      const unit = keyed ? head.slice(flagKey.length) : head;
      return assign(site, frame, unit, keyed, divisionOf(values.slice(1), defaultVariant));
    }
    const unit = targetingKeyOf(context);
    return unit === undefined
      ? null
      : assign(site, frame, unit, true, divisionOf(values, defaultVariant));
  };
}

function targetingKeyOf({ targetingKey }: EvaluationContext): string | undefined {
  return typeof targetingKey === "string" && targetingKey !== "" ? targetingKey : undefined;
}
