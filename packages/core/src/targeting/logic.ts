import type { JsonValue } from "../json.js";
import {
  type Branch,
  type Closure,
  type Frame,
  lazy,
  type Operator,
  type Place,
  truthy,
} from "./operator.js";

/**
 * Which way a rule goes.
 *
 * @see https://jsonlogic.com/operations.html#logic-and-boolean-operations
 */
export const logic: Readonly<Record<string, Operator>> = {
  if: lazy(conditional),
  "?:": lazy(conditional),
  and: lazy((place) => chain(place, false)),
  or: lazy((place) => chain(place, true)),
  "!": (place) => unary(place, (value) => !truthy(value)),
  "!!": (place) => unary(place, truthy),
};

function conditional(place: Place): Closure {
  const { args } = place;
  const both = args.length === 2 || args.length === 3 ? place.pairOf("and", args[0], 0) : undefined;
  if (both !== undefined) return conditionalOnBoth(place, both);
  const conditions: Closure[] = [];
  const branches: Branch[] = [];
  for (let index = 0; index + 1 < args.length; index += 2) {
    conditions.push(place.compile(args[index] as JsonValue, index));
    branches.push(place.compileBranch(args[index + 1] as JsonValue, index + 1));
  }
  const otherwise = lastBranch(place);
  const [condition, another] = conditions;
  const [branch] = branches;
  if (condition !== undefined && branch !== undefined && another === undefined) {
    return (frame) => follow(truthy(condition(frame)) ? branch : otherwise, frame);
  }
  return (frame) => {
    for (let index = 0; index < conditions.length; index++) {
      if (truthy((conditions[index] as Closure)(frame))) {
        return follow(branches[index] as Branch, frame);
      }
    }
    return follow(otherwise, frame);
  };
}

/** One branch on two conditions, as many rules are, takes a call less. */
function conditionalOnBoth(place: Place, [first, second]: readonly [Closure, Closure]): Closure {
  const branch = place.compileBranch(place.args[1] as JsonValue, 1);
  const otherwise = lastBranch(place);
  return (frame) =>
    follow(truthy(first(frame)) && truthy(second(frame)) ? branch : otherwise, frame);
}

function lastBranch(place: Place): Branch {
  const { args } = place;
  const last = args.length - 1;
  return last % 2 === 0 ? place.compileBranch(args[last] as JsonValue, last) : nothing;
}

function follow(branch: Branch, frame: Frame): unknown {
  return typeof branch === "string" ? branch : branch(frame);
}

function nothing(): null {
  return null;
}

/** Evaluates the arguments in turn, up to the first that is as wanted, and gives that one or the last. */
function chain(place: Place, wanted: boolean): Closure {
  const closures = place.args.map((rule, index) => place.compile(rule, index, true));
  if (place.decides) return deciding(closures, wanted);
  const [first, second, third] = closures;
  if (first !== undefined && second !== undefined && third === undefined) {
    return (frame) => {
      const value = first(frame);
      return truthy(value) === wanted ? value : second(frame);
    };
  }
  return (frame) => {
    let value: unknown = null;
    for (let index = 0; index < closures.length; index++) {
      value = (closures[index] as Closure)(frame);
      if (truthy(value) === wanted) return value;
    }
    return value;
  };
}

/** The same where the last argument that was evaluated decides, and those before it do not. */
function deciding(closures: readonly Closure[], wanted: boolean): Closure {
  return (frame) => {
    let value: unknown = null;
    for (const closure of closures) {
      frame.split = undefined;
      value = closure(frame);
      if (truthy(value) === wanted) return value;
    }
    return value;
  };
}

function unary(place: Place, test: (value: unknown) => boolean): Closure {
  const closure = place.compile(place.args[0] ?? null, 0);
  return (frame) => test(closure(frame));
}
