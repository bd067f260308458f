import { attributeValue } from "../context.js";
import { isRecord, type JsonValue, jsonType, ownValue } from "../json.js";
import type { Closure, Frame, Operator, Place } from "./operator.js";

/**
 * JsonLogic's operators.
 *
 * @see https://jsonlogic.com/operations.html
 */
export const logic: Readonly<Record<string, Operator>> = {
  var: variable,
  if: conditional,
  "?:": conditional,
  and: (args, place) => chain(args, place, (value) => !truthy(value)),
  or: (args, place) => chain(args, place, truthy),
  "!": (args, place) => unary(args, place, (value) => !truthy(value)),
  "!!": (args, place) => unary(args, place, truthy),
  "===": (args, place) => compare(args, place, (a, b) => a === b),
  "!==": (args, place) => compare(args, place, (a, b) => a !== b),
  // biome-ignore lint/suspicious/noDoubleEquals: JsonLogic's loose equality
  "==": (args, place) => compareLoosely(args, place, (a, b) => a == b),
  // biome-ignore lint/suspicious/noDoubleEquals: JsonLogic's loose equality
  "!=": (args, place) => compareLoosely(args, place, (a, b) => a != b),
  "<": (args, place) => compareLoosely(args, place, (a, b) => a < b),
  "<=": (args, place) => compareLoosely(args, place, (a, b) => a <= b),
  ">": (args, place) => compareLoosely(args, place, (a, b) => a > b),
  ">=": (args, place) => compareLoosely(args, place, (a, b) => a >= b),
  in: membership,
};

/** JsonLogic's truth: empty arrays and objects are false, too. */
function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isRecord(value) ? Object.keys(value).length > 0 : Boolean(value);
}

function variable(args: readonly JsonValue[], place: Place): Closure {
  const fallback = args.length > 1 ? place.compile(args[1] as JsonValue, 1) : () => null;
  const path = args[0] ?? "";
  if (typeof path === "object") {
    const written = place.compile(path, 0);
    return (frame) => {
      const name = written(frame);
      return read(frame, String(name ?? "").split(".")) ?? fallback(frame);
    };
  }
  const names = String(path).split(".");
  const [name = ""] = names;
  if (names.length > 1 || name === "" || name === FLAGD || name in Object.prototype) {
    return (frame) => read(frame, names) ?? fallback(frame);
  }
  return (frame) => attributeValue(frame.context[name]) ?? fallback(frame);
}

const FLAGD = "$flagd";

function read(frame: Frame, names: readonly string[]): unknown {
  let value: unknown = frame.context;
  for (const [depth, name] of names.entries()) {
    if (depth === 0 && name === "" && names.length === 1) {
      return { ...frame.context, [FLAGD]: flagd(frame) };
    }
    if (depth === 0 && name === FLAGD) value = flagd(frame);
    else if (typeof value !== "object" || value === null) return undefined;
    else value = attributeValue(ownValue(value, name));
  }
  return value;
}

function flagd(frame: Frame): Record<string, JsonValue> {
  return { flagKey: frame.flagKey, timestamp: Math.floor(frame.now / 1000) };
}

function conditional(args: readonly JsonValue[], place: Place): Closure {
  const count = args.length;
  let otherwise: Closure =
    count % 2 === 1 ? place.compile(args[count - 1] as JsonValue, count - 1, true) : () => null;
  for (let index = count - (count % 2) - 2; index >= 0; index -= 2) {
    const condition = place.compile(args[index] as JsonValue, index);
    const then = place.compile(args[index + 1] as JsonValue, index + 1, true);
    const rest = otherwise;
    otherwise = (frame) => (truthy(condition(frame)) ? then(frame) : rest(frame));
  }
  return otherwise;
}

/** Evaluates the arguments in turn, up to the first that stops it, and gives that one or the last. */
function chain(
  args: readonly JsonValue[],
  place: Place,
  stops: (value: unknown) => boolean,
): Closure {
  const closures = args.map((rule, index) => place.compile(rule, index, true));
  return (frame) => {
    let value: unknown = null;
    for (const closure of closures) {
      frame.split = undefined; // the arguments before this one have decided nothing
      value = closure(frame);
      if (stops(value)) return value;
    }
    return value;
  };
}

function unary(
  args: readonly JsonValue[],
  place: Place,
  test: (value: unknown) => boolean,
): Closure {
  const closure = place.compile(args[0] ?? null, 0);
  return (frame) => test(closure(frame));
}

type Scalar = string | number | boolean;

/** Whether each argument compares with the next. */
function compare(
  args: readonly JsonValue[],
  place: Place,
  test: (a: Scalar, b: Scalar) => boolean,
): Closure {
  const closures = args.map((rule, index) => place.compile(rule, index));
  const [first, second] = closures;
  if (first === undefined || second === undefined) {
    throw new SyntaxError(`targeting${place.pointer} needs two values to compare`);
  }
  if (closures.length === 2)
    return (frame) => test(first(frame) as Scalar, second(frame) as Scalar);
  return (frame) => {
    let left = first(frame);
    return closures.slice(1).every((closure) => {
      const right = closure(frame);
      const holds = test(left as Scalar, right as Scalar);
      left = right;
      return holds;
    });
  };
}

function compareLoosely(
  args: readonly JsonValue[],
  place: Place,
  test: (a: Scalar, b: Scalar) => boolean,
): Closure {
  return compare(args, place, (a, b) => test(a, comparable(a, b)));
}

/**
 * The right side as it compares with the left: nothing, 0, false and "" are alike.
 *
 * @throws TypeError for what has no order: an object, a text beside a number it does not write
 */
function comparable(left: unknown, right: unknown): Scalar {
  if (isText(left) && isText(right)) return right as Scalar;
  if (Number.isNaN(numeric(left)) || Number.isNaN(numeric(right))) {
    throw new TypeError(`cannot compare ${jsonType(left)} with ${jsonType(right)}`);
  }
  if (left === null && !right) return left as never;
  return right === null && !left ? 0 : (right as Scalar);
}

function isText(value: unknown): boolean {
  return typeof value === "string" || value === null;
}

function numeric(value: unknown): number {
  return typeof value === "object" && value !== null ? Number.NaN : Number(value);
}

function membership(args: readonly JsonValue[], place: Place): Closure {
  const item = place.compile(args[0] ?? null, 0);
  const list = place.compile(args[1] ?? null, 1);
  return (frame) => {
    const wanted = item(frame);
    const found = list(frame) || [];
    if (typeof found === "string") return found.includes(String(wanted));
    if (Array.isArray(found)) return found.includes(wanted);
    throw new TypeError(`"in" needs a list or a string, not ${typeof found}`);
  };
}
