import type { EvaluationContext } from "../context.js";
import { isRecord, type JsonValue } from "../json.js";

/** Which `fractional` decided a variant, on which unit, at which weights. */
export interface Split {
  /** The fractional: its JSON pointer in the rule, and a hash of its arguments as written. */
  readonly id: string;
  /** The text that was bucketed, without the flag's key. Personal data: keep it in memory. */
  readonly unit: string;
  /** The share of each variant now, 0 to 1. */
  readonly share: Readonly<Record<string, number>>;
}

/** What one evaluation of a compiled rule reads, and the split that it notes. */
export interface Frame {
  readonly flagKey: string;
  readonly context: EvaluationContext;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Operator steps that shared rules have cost so far. */
  steps: number;
  split: Split | undefined;
}

/** A compiled rule. */
export type Closure = (frame: Frame) => unknown;

/** What an operator needs to know of the place where it is compiled. */
export interface Place {
  /** The JSON pointer of the operator's arguments, from the root of the targeting rule. */
  readonly pointer: string;
  /** Whether what the operator gives is what the whole rule gives. */
  readonly decides: boolean;
  /** The variant served where the rule gives null. */
  readonly defaultVariant: string | undefined;
  /** Compiles one argument; `decides` if what it gives may be what the operator gives. */
  compile(rule: JsonValue, token: number, decides?: boolean): Closure;
}

/** Whether a rule is a value as it stands: no operator in it. */
export function isLiteral(rule: JsonValue): boolean {
  if (Array.isArray(rule)) return rule.every(isLiteral);
  return !isRecord(rule) || Object.keys(rule).length === 0;
}

/** Turns an operator's arguments, as written, into a closure. */
export type Operator = (args: readonly JsonValue[], place: Place) => Closure;
