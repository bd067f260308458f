import type { JsonValue } from "./json.js";

/**
 * Who is asking: a targeting key (the unit that percentages bucket by) and any attributes that
 * rules may read. Attributes come from requests and are treated as hostile.
 */
export interface EvaluationContext {
  readonly targetingKey?: string | undefined;
  readonly [attribute: string]: unknown;
}

/** The context of a request about which nothing is known. */
export const anonymous: EvaluationContext = Object.freeze({});

/**
 * What a caller gave, as a context: plain objects as they are, any other object (a class instance,
 * a proxy of a framework) as a copy of its own enumerable attributes. Undefined if it is no object.
 *
 * @throws what a getter of the object throws
 */
export function toContext(given: unknown): EvaluationContext | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  if (isPlain(given)) return given as EvaluationContext;
  return Array.isArray(given) ? undefined : { ...given };
}

/** The context of an evaluation, of what may be none; anonymous if it is no object. */
export function contextOf(given: EvaluationContext): EvaluationContext {
  if (given === null || given === undefined) return anonymous;
  // Reading a key first lets V8 know the object's shape, and so its prototype without asking.
  void given.targetingKey;
  if (Object.getPrototypeOf(given) === Object.prototype) return given;
  return toContext(given) ?? anonymous;
}

/** An attribute as rules see it: dates as ISO strings, other objects as plain data. */
export function attributeValue(value: unknown): unknown {
  switch (typeof value) {
    case "object":
      if (value === null || Array.isArray(value) || isPlain(value)) return value;
      return isDate(value) ? isoDate(value) : { ...value };
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case "function":
    case "symbol":
      return undefined;
    default:
      return value;
  }
}

/** Whether it is a date, of this realm or of another: Jest, for one, runs tests in their own. */
function isDate(value: object): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}

function isoDate(date: Date): JsonValue {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}
