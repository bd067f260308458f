import { attributeValue, type EvaluationContext } from "../context.js";
import { jsonType } from "../json.js";
import {
  type Closure,
  type ContextClosure,
  eager,
  type Frame,
  isBrief,
  isLiteral,
  lazy,
  type Operator,
  type Place,
  spend,
  spendOn,
  truthy,
} from "./operator.js";

/**
 * Lists, and what is done for each of their items; `var` reads the item there.
 *
 * @see https://jsonlogic.com/operations.html#array-operations
 */
export const lists: Readonly<Record<string, Operator>> = {
  map: forItems((items, run) => items.map(run)),
  filter: forItems((items, run) => items.filter((item) => truthy(run(item)))),
  some: forItems((items, run) => items.some((item) => truthy(run(item)))),
  none: forItems((items, run) => !items.some((item) => truthy(run(item)))),
  all: forItems((items, run) => items.length > 0 && items.every((item) => truthy(run(item)))),
  reduce: lazy(reduce),
  merge: eager((args, _context, frame) => {
    for (const arg of args) spend(frame, Array.isArray(arg) ? arg.length : 1);
    return args.flat();
  }),
  in: membership,
};

type Run = (item: unknown) => unknown;

/** @param apply given the items, and what runs the second argument for one */
function forItems(apply: (items: readonly unknown[], run: Run) => unknown): Operator {
  return lazy((place) => {
    const list = place.compile(place.args[0] ?? null, 0);
    const body = place.compileForItems(place.args[1] ?? null, 1);
    return (context, frame) => apply(itemsOf(list(context, frame)), runner(context, frame, body));
  });
}

function reduce(place: Place): Closure {
  const [list = null, body = null, initial] = place.args;
  const items = place.compile(list, 0);
  const step = place.compileForItems(body, 1);
  const start = initial === undefined ? undefined : place.compile(initial, 2);
  return (context, frame) => {
    const run = runner(context, frame, step);
    const all = itemsOf(items(context, frame));
    const next = (accumulator: unknown, current: unknown) =>
      flat(run({ accumulator, current }), frame);
    return start === undefined
      ? all.reduce(next)
      : all.reduce(next, flat(start(context, frame), frame));
  };
}

/**
 * What a reduction may carry from item to item: nothing that grows into a tree.
 *
 * @throws TypeError for a list or an object with another in it
 */
function flat(value: unknown, frame: Frame): unknown {
  if (typeof value !== "object" || value === null) return value;
  const values = Object.values(value);
  spend(frame, values.length >> 6);
  if (values.some((inside) => typeof inside === "object" && inside !== null)) {
    throw new TypeError("a reduction cannot carry lists or objects in each other");
  }
  return value;
}

/** Runs a closure for one item after the other, inside of whatever item the frame is at. */
function runner(context: EvaluationContext, frame: Frame, body: Closure): Run {
  return (item) => {
    spend(frame, 1);
    const outer = frame.item;
    frame.item = attributeValue(item);
    const result = body(context, frame);
    frame.item = outer;
    return result;
  };
}

function itemsOf(list: unknown): readonly unknown[] {
  if (!list) return [];
  if (Array.isArray(list)) return list;
  throw new TypeError(`needs a list, not ${jsonType(list)}`);
}

function membership(place: Place): Closure {
  const [item, list] = place.args;
  const name = place.attributeOf(item);
  if (name !== undefined && Array.isArray(list)) {
    place.compile(list, 1);
    if (isLiteral(list) && isBrief(list)) {
      return place.unframed(attributeAmong(name, new Set<unknown>(list)));
    }
  }
  return eager(([wanted, found], _context, frame) => {
    if (!found) return false;
    if (typeof found !== "string" && !Array.isArray(found)) {
      throw new TypeError(`"in" needs a list or a text, not ${jsonType(found)}`);
    }
    if (typeof found === "string") {
      const part = String(wanted);
      spendOn(part, frame);
      spend(frame, (found.length * part.length) / 4096);
      return found.includes(part);
    }
    spend(frame, found.length >> 6);
    return found.includes(wanted);
  })(place);
}

function attributeAmong(name: string, members: ReadonlySet<unknown>): ContextClosure {
  return (context) => {
    const value = context[name];
    return members.has(typeof value === "string" ? value : (attributeValue(value) ?? null));
  };
}
