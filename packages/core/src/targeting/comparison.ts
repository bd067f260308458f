import { attributeValue } from "../context.js";
import { jsonType } from "../json.js";
import {
  type Closure,
  type ContextClosure,
  failing,
  isBrief,
  lazy,
  type Operator,
  type Place,
  secondsOf,
} from "./operator.js";

/**
 * Comparisons, of two values or of each with the next.
 *
 * @see https://jsonlogic.com/operations.html#logic-and-boolean-operations
 */
export const comparison: Readonly<Record<string, Operator>> = {
  "===": strict((a, b) => a === b, equalsText),
  "!==": strict((a, b) => a !== b),
  // biome-ignore lint/suspicious/noDoubleEquals: JsonLogic's loose equality
  "==": loose((a, b) => a == b, equalsText),
  // biome-ignore lint/suspicious/noDoubleEquals: JsonLogic's loose equality
  "!=": loose((a, b) => a != b),
  "<": loose((a, b) => a < b),
  "<=": loose((a, b) => a <= b),
  ">": loose((a, b) => a > b),
  ">=": loose((a, b) => a >= b),
};

type Scalar = string | number | boolean;
type Test = (a: Scalar, b: Scalar) => boolean;
/** Gives the right side as it compares with the left. */
type Coerce = (left: unknown, right: unknown) => Scalar;
/** Compiles the comparison of an attribute with a text that is written, as most are. */
type WithText = (name: string, text: string, test: Test, coerce: Coerce) => ContextClosure;

function strict(test: Test, withText?: WithText): Operator {
  return lazy((place) => compare(place, test, (_, right) => right as Scalar, withText));
}

function loose(test: Test, withText?: WithText): Operator {
  return lazy((place) => compare(place, test, comparable, withText));
}

function compare(place: Place, test: Test, coerce: Coerce, withText = comparesText): Closure {
  const { args } = place;
  if (args.length < 2) {
    place.compileAll();
    return failing(place, "needs two values to compare");
  }
  if (isDated(place)) return dated(place, test);
  const name = place.attributeOf(args[0]);
  const text = args[1];
  if (name !== undefined && typeof text === "string" && isBrief(text) && args.length === 2) {
    return place.unframed(withText(name, text, test, coerce));
  }
  const closures = args.map((rule, index) => place.compile(rule, index)) as [Closure, Closure];
  return place.unframed(
    closures.length === 2 ? pair(...closures, test, coerce) : row(closures, test, coerce),
  );
}

function comparesText(name: string, text: string, test: Test, coerce: Coerce): ContextClosure {
  return (context) => {
    const value = context[name];
    if (typeof value === "string") return test(value, text);
    const other = attributeValue(value) ?? null;
    return test(other as Scalar, coerce(other, text));
  };
}

function equalsText(name: string, text: string, test: Test, coerce: Coerce): ContextClosure {
  const compares = comparesText(name, text, test, coerce);
  return (context) => {
    const value = context[name];
    return typeof value === "string" ? value === text : compares(context);
  };
}

function pair(first: Closure, second: Closure, test: Test, coerce: Coerce): Closure {
  return (context, frame) => {
    const left = first(context, frame);
    return test(left as Scalar, coerce(left, second(context, frame)));
  };
}

function row(
  [first, ...others]: readonly [Closure, ...Closure[]],
  test: Test,
  coerce: Coerce,
): Closure {
  return (context, frame) => {
    let left = first(context, frame) as Scalar;
    return others.every((closure) => {
      const right = coerce(left, closure(context, frame));
      const holds = test(left, right);
      left = right;
      return holds;
    });
  };
}

/** Whether the time is compared with dates, in seconds since the epoch, and with nothing else. */
function isDated(place: Place): boolean {
  const { args } = place;
  return (
    args.some((rule) => place.isClock(rule)) &&
    args.every((rule) => place.isClock(rule) || typeof rule === "number")
  );
}

function dated(place: Place, test: Test): Closure {
  const sides = place.args.map((rule) => (place.isClock(rule) ? secondsOf : () => rule as number));
  const closure: Closure = (_context, frame) => {
    for (let index = 1; index < sides.length; index++) {
      const [left, right] = [sides[index - 1], sides[index]] as [
        typeof secondsOf,
        typeof secondsOf,
      ];
      if (!test(left(frame), right(frame))) return false;
    }
    return true;
  };
  const dates = place.args.filter((rule) => typeof rule === "number");
  place.changesAt(
    dates.flatMap((date) => [Math.ceil(date), Math.floor(date) + 1]),
    closure,
  );
  return closure;
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
