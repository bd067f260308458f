import type { JsonValue } from "../json.js";
import {
  type Branch,
  type Closure,
  follow,
  lazy,
  type Operator,
  type Place,
  plain,
  truthy,
  type Way,
  wayOf,
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
  const ways: Way[] = [];
  for (let index = 0; index + 1 < args.length; index += 2) {
    const both = place.pairOf("and", args[index], index);
    const [condition, another] = both ?? [place.compile(args[index] as JsonValue, index)];
    const branch = place.compileBranch(args[index + 1] as JsonValue, index + 1);
    ways.push({ condition, another, branch });
  }
  const otherwise = lastBranch(place);
  place.goes(ways, otherwise);
  return place.unframed((context, frame) => {
    const way = ways[wayOf(ways, context, frame)];
    return follow(way === undefined ? otherwise : way.branch, context, frame);
  });
}

function lastBranch(place: Place): Branch {
  const { args } = place;
  const last = args.length - 1;
  return last % 2 === 0 ? place.compileBranch(args[last] as JsonValue, last) : null;
}

/** Evaluates the arguments in turn, up to the first that is as wanted, and gives that one or the last. */
function chain(place: Place, wanted: boolean): Closure {
  const closures = place.args.map((rule, index) => place.compile(rule, index, true));
  const [first, second, third] = closures;
  if (first !== undefined && second !== undefined && third === undefined) {
    return place.unframed((context, frame) => {
      const value = first(context, frame);
      return truthy(plain(value)) === wanted ? value : second(context, frame);
    });
  }
  return place.unframed((context, frame) => {
    let value: unknown = null;
    for (let index = 0; index < closures.length; index++) {
      value = (closures[index] as Closure)(context, frame);
      if (truthy(plain(value)) === wanted) return value;
    }
    return value;
  });
}

function unary(place: Place, test: (value: unknown) => boolean): Closure {
  const closure = place.compile(place.args[0] ?? null, 0);
  return place.unframed((context, frame) => test(closure(context, frame)));
}
