import { attributeValue, type EvaluationContext } from "../context.js";
import { isRecord, type JsonValue, ownValue } from "../json.js";
import {
  type Closure,
  eager,
  type Frame,
  type Operator,
  type Place,
  secondsOf,
  spend,
  spendOn,
} from "./operator.js";

/**
 * What rules read: the context, and the time.
 *
 * @see https://jsonlogic.com/operations.html#accessing-data
 */
export const data: Readonly<Record<string, Operator>> = {
  var: variable,
  missing: (place) => {
    const find = finder(place);
    return eager((names, context, frame) => missing(names, context, frame, find))(place);
  },
  missing_some: (place) => {
    const find = finder(place);
    return eager(([needed, names], context, frame) => {
      if (!Array.isArray(names)) throw new TypeError('"missing_some" needs a list of names');
      const absent = missing(names, context, frame, find);
      return names.length - absent.length >= (needed as number) ? [] : absent;
    })(place);
  },
};

const FLAGD = "$flagd";
const TIMESTAMP = `${FLAGD}.timestamp`;

/** The written path of a `var` without a fallback; undefined for any other rule. */
function pathOf(rule: JsonValue | undefined): string | undefined {
  if (!isRecord(rule)) return undefined;
  const [operator, more] = Object.keys(rule);
  if (operator !== "var" || more !== undefined) return undefined;
  const argument = rule[operator];
  const [path, fallback] = Array.isArray(argument) ? argument : [argument];
  return typeof path === "string" && fallback === undefined ? path : undefined;
}

/** Whether a rule is the time. */
export function isClock(rule: JsonValue | undefined): boolean {
  return pathOf(rule) === TIMESTAMP;
}

/** What follows the flag's key in a `cat` that begins with it: the unit of a split by attribute. */
export function partsAfterFlagKey(rule: JsonValue | undefined): readonly JsonValue[] | undefined {
  const parts = isRecord(rule) && Object.keys(rule).length === 1 ? rule["cat"] : undefined;
  if (!Array.isArray(parts) || parts.length < 2 || pathOf(parts[0]) !== `${FLAGD}.flagKey`) {
    return undefined;
  }
  return parts.slice(1);
}

/** The name of the attribute that a rule reads, where an object may be asked for it directly. */
export function attributeOf(rule: JsonValue | undefined): string | undefined {
  const path = pathOf(rule);
  return path !== undefined && isPlainName(path) ? path : undefined;
}

/** Whether no prototype has the name, and it is neither a path nor the evaluation's own. */
function isPlainName(path: string): boolean {
  return path !== "" && path !== FLAGD && !/[.\\]/.test(path) && !(path in Object.prototype);
}

function variable(place: Place): Closure {
  const [path = null, fallback = null] = place.args;
  if (typeof path === "object" && path !== null) return computed(place);
  if (path === TIMESTAMP && !place.inItem) return clock(place);
  const otherwise = place.compile(fallback, 1);
  const find = finder(place);
  if (typeof path === "string" && isPlainName(path) && !place.inItem) {
    return fallback === null
      ? place.unframed((context) => attributeValue(context[path]) ?? null)
      : (context, frame) => attributeValue(context[path]) ?? otherwise(context, frame);
  }
  const names = namesIn(path);
  return (context, frame) => find(context, frame, names) ?? otherwise(context, frame);
}

function clock(place: Place): Closure {
  place.reads("clock");
  return (_context, frame) => {
    frame.clockRead = true;
    return secondsOf(frame);
  };
}

/** A path that is computed, with its fallback. */
function computed(place: Place): Closure {
  const find = finder(place);
  const all = place.compileAll();
  return (context, frame) => {
    const [path, fallback = null] = all(context, frame);
    return find(context, frame, namesAt(path, frame)) ?? fallback;
  };
}

type Find = (context: EvaluationContext, frame: Frame, names: readonly string[]) => unknown;

/** Finds what names lead to, from the item of a list, or from the context. */
function finder(place: Place): Find {
  if (place.inItem) return (_context, frame, names) => follow(frame.item, names);
  place.reads("context");
  const { flagKey } = place;
  return (context, frame, names) => {
    const own = () => ({ flagKey, timestamp: secondsOf(frame) });
    if (names.length === 0) {
      spend(frame, Object.keys(context).length >> 6);
      return { ...context, [FLAGD]: own() };
    }
    return names[0] === FLAGD ? follow(own(), names.slice(1)) : follow(context, names);
  };
}

/** Follows own properties only. */
function follow(from: unknown, names: readonly string[]): unknown {
  let value = from;
  for (const name of names) {
    if (typeof value !== "string" && (typeof value !== "object" || value === null))
      return undefined;
    value = attributeValue(ownValue(value, name));
  }
  return value;
}

/** The names of a path; none for the path to everything. */
function namesIn(path: unknown): readonly string[] {
  return path === null || path === undefined || path === "" ? [] : split(String(path));
}

/** The same for a path that is looked through at each evaluation. */
function namesAt(path: unknown, frame: Frame): readonly string[] {
  const text = String(path ?? "");
  spendOn(text, frame);
  return namesIn(text);
}

/** Splits at dots; a backslash takes the meaning from a dot, a slash or another backslash. */
function split(path: string): readonly string[] {
  const names: string[] = [];
  let name = "";
  for (let index = 0; index < path.length; index++) {
    const character = path[index] as string;
    if (character === ".") {
      names.push(name);
      name = "";
    } else if (character === "\\" && /[./\\]/.test(path[index + 1] ?? "")) {
      name += path[++index];
    } else {
      name += character;
    }
  }
  return path === "." ? names : [...names, name];
}

/** The names that the data does not have. */
function missing(
  names: readonly unknown[],
  context: EvaluationContext,
  frame: Frame,
  find: Find,
): unknown[] {
  spend(frame, names.length);
  return names.filter((name) => find(context, frame, namesAt(name, frame)) === undefined);
}
