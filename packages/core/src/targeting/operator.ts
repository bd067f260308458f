import type { EvaluationContext } from "../context.js";
import { isRecord, type JsonValue } from "../json.js";
import type { HashState } from "../murmur3.js";
import type { Division } from "./division.js";

/** Which `fractional` decided a variant, on which unit, at which weights. */
export interface Split {
  /** The fractional: its JSON pointer in the rule, and a hash of its arguments as written. */
  readonly id: string;
  /** The text that was bucketed, without the flag's key. Personal data: keep it in memory. */
  readonly unit: string;
  /** The share of each variant now, 0 to 1. */
  readonly share: Readonly<Record<string, number>>;
}

/** A variant that a split assigned, and the split. */
export class Assignment {
  readonly variant: unknown;
  readonly split: Split;

  constructor(variant: unknown, split: Split) {
    this.variant = variant;
    this.split = split;
  }
}

/** What a rule gave, whether or not a split assigned it. */
export function plain(result: unknown): unknown {
  return result instanceof Assignment ? result.variant : result;
}

/** What one evaluation notes for itself. */
export interface Frame {
  /** Milliseconds since the epoch; undefined until a rule asks, where the caller gave none. */
  now: number | undefined;
  /** What `var` reads inside of a list's operator: the item it is at. */
  item: unknown;
  /** How many steps were counted so far. */
  steps: number;
  /** Whether the time was read other than by comparing it with a date. */
  clockRead: boolean;
}

/** The frame of an evaluation that begins. */
export function frameAt(now: number | undefined): Frame {
  return { now, item: undefined, steps: 0, clockRead: false };
}

/** For rules that note nothing. */
export const NO_FRAME: Frame = Object.freeze(frameAt(0));

/** A compiled rule. */
export type Closure = (context: EvaluationContext, frame: Frame) => unknown;

/** A compiled rule that needs nothing but the context. */
export type ContextClosure = (context: EvaluationContext) => unknown;

/** A compiled rule, or what it is: most branches of rules are a variant's name, or null. */
export type Branch = Closure | string | null;

export function follow(branch: Branch, context: EvaluationContext, frame: Frame): unknown {
  return typeof branch === "function" ? branch(context, frame) : branch;
}

/** One way a rule may go: to its branch, if its condition holds, and the other one, if it has two. */
export interface Way {
  readonly condition: Closure;
  readonly another: Closure | undefined;
  readonly branch: Branch;
}

/** The ways of a rule that end at a variant's name each, or at null. */
export interface Course {
  readonly ways: readonly Way[];
  /** What each way ends at, and what none does. */
  readonly ends: readonly (string | null)[];
}

/** The index of the first way that is open; of none, how many there are. */
export function wayOf(ways: readonly Way[], context: EvaluationContext, frame: Frame): number {
  let index = 0;
  for (; index < ways.length; index++) {
    const { condition, another } = ways[index] as Way;
    const open = truthy(condition(context, frame));
    if (open && (another === undefined || truthy(another(context, frame)))) break;
  }
  return index;
}

/** A split by one attribute, with buckets that are written: what most rollouts are. */
export interface AttributeSplit {
  readonly attribute: string;
  readonly id: string;
  /** The hash after the flag's key, to go on from. */
  readonly state: HashState;
  readonly division: Division;
}

/** A compiled list. */
export type ListClosure = (context: EvaluationContext, frame: Frame) => readonly unknown[];

/** What an operator needs to know of the place where it is compiled. */
export interface Place {
  /** The arguments as written; a single one need not be in a list. */
  readonly args: readonly JsonValue[];
  /** Whether the arguments were written as a list. */
  readonly listed: boolean;
  /** The arguments as written before the flag was held. */
  readonly written: JsonValue;
  /** The JSON pointer of the operator's arguments, from the root of the targeting rule. */
  readonly pointer: string;
  /** Whether what the operator gives is what the whole rule gives. */
  readonly decides: boolean;
  /** Whether it stands inside of a list's operator, where `var` reads the item. */
  readonly inItem: boolean;
  readonly flagKey: string;
  /** The variant served where the rule gives null. */
  readonly defaultVariant: string | undefined;
  /** Compiles one argument; `decides` if what it gives may be what the operator gives. */
  compile(rule: JsonValue, token: number, decides?: boolean): Closure;
  /** Compiles one argument that may be what the operator gives. */
  compileBranch(rule: JsonValue, token: number): Branch;
  /** The two arguments of an argument that is such an operator, to be run without it. */
  pairOf(
    operator: string,
    rule: JsonValue | undefined,
    token: number,
  ): [Closure, Closure] | undefined;
  /** Compiles an argument that is run for each item of a list. */
  compileForItems(rule: JsonValue, token: number): Closure;
  /** Compiles the arguments of an operator that wants them all evaluated. */
  compileAll(): ListClosure;
  /** The attribute that a rule reads, if that is all it does. */
  attributeOf(rule: JsonValue | undefined): string | undefined;
  /** Whether a rule is the time: `{"var": "$flagd.timestamp"}`. */
  isClock(rule: JsonValue | undefined): boolean;
  /** What follows the flag's key in a `cat` that begins with it. */
  afterFlagKey(rule: JsonValue | undefined): readonly JsonValue[] | undefined;
  /** Notes that the rule reads the context, or the time. */
  reads(what: "context" | "clock"): void;
  /** Whether no other split of the rule was compiled, and this one runs once and decides. */
  isOnlySplit(): boolean;
  /** Notes that the operator itself notes nothing in the frame, nor reads it. */
  unframed(closure: Closure): Closure;
  /** Notes the ways of the operator: if it is the whole rule, they are enough to run. */
  goes(ways: readonly Way[], otherwise: Branch): void;
  /** Notes the split of the operator: if it is the whole rule, that is enough to run. */
  splits(split: AttributeSplit): void;
  /** Notes seconds since the epoch at which what the closure gives may become another. */
  changesAt(seconds: readonly number[], closure: Closure): void;
}

/** Turns an operator at its place into a closure. */
export type Operator = (place: Place) => Closure;

/** From how many on, and for how many each, arguments, items, fields or characters are another step. */
const MANY = 64;

/** An operator that wants its arguments evaluated, whatever they are. */
export function eager(
  apply: (args: readonly unknown[], context: EvaluationContext, frame: Frame) => unknown,
): Operator {
  return (place) => {
    const all = place.compileAll();
    return (context, frame) => {
      const args = all(context, frame);
      if (args.length > MANY) spend(frame, args.length / MANY);
      return apply(args, context, frame);
    };
  };
}

/** An operator whose arguments must be written as a list, since it decides which of them to run. */
export function lazy(compile: Operator): Operator {
  return (place) => (place.listed ? compile(place) : failing(place, "needs a list of arguments"));
}

/** What fails whenever it is run, and not before. */
export function failing({ pointer }: Place, why: string): Closure {
  return () => {
    throw new TypeError(`targeting${pointer} ${why}`);
  };
}

/** How deep a rule may be nested, shared rules included. */
export const MAX_DEPTH = 200;

/** Whether a rule is a value as it stands: no operator in it, nor a depth that no rule may have. */
export function isLiteral(rule: JsonValue, depth = 0): boolean {
  if (Array.isArray(rule)) {
    return depth < MAX_DEPTH && rule.every((item) => isLiteral(item, depth + 1));
  }
  return !isRecord(rule) || Object.keys(rule).length === 0;
}

/** JsonLogic's truth: empty lists and objects are false, too. */
export function truthy(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return Boolean(value);
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

/** The time, in seconds since the epoch. */
export function secondsOf(frame: Frame): number {
  frame.now ??= Date.now();
  return Math.floor(frame.now / 1000);
}

/** How many steps one evaluation may take. */
const MAX_STEPS = 100_000;

/**
 * Counts steps of an evaluation.
 *
 * @throws RangeError once there are too many
 */
export function spend(frame: Frame, steps: number): void {
  frame.steps += steps;
  if (frame.steps > MAX_STEPS) throw new RangeError(`takes more than ${MAX_STEPS} steps`);
}

/**
 * Counts what it takes to go through a value: a large text, list or object is several steps.
 *
 * @throws RangeError once there are too many
 */
export function spendOn(value: unknown, frame: Frame): void {
  const size = sizeOf(value);
  if (size > MANY) spend(frame, size / MANY);
}

/** As characters, of which a field takes as long as eight. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Array.isArray(value) ? value.length : Object.keys(value).length * 8;
}

/** Up to how many characters a written text is compared with without being counted. */
const BRIEF = 1000;

/** Whether comparing anything with a value that is written takes no time to speak of. */
export function isBrief(rule: JsonValue): boolean {
  if (Array.isArray(rule)) return rule.every((item) => isBrief(item));
  return typeof rule !== "string" || rule.length <= BRIEF;
}
