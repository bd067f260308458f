import { isRecord, type JsonValue, ownValue, pointerToken } from "../json.js";
import { arithmetic } from "./arithmetic.js";
import { comparison } from "./comparison.js";
import { data } from "./data.js";
import { fractional } from "./fractional.js";
import { lists } from "./lists.js";
import { logic } from "./logic.js";
import {
  type AttributeSplit,
  type Closure,
  type Course,
  isBrief,
  type Operator,
  spend,
  spendOn,
} from "./operator.js";
import { compileList, OperatorPlace } from "./place.js";
import {
  below,
  CLOCK,
  CONTEXT,
  type Compilation,
  fault,
  type RuleHost,
  reach,
  type Site,
} from "./site.js";
import { text } from "./text.js";
import { version } from "./version.js";

/** Every operator a rule may use, one row each. */
const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...data,
    ...logic,
    ...comparison,
    ...arithmetic,
    ...lists,
    ...text,
    ...version,
    ...fractional,
  }),
);

/** Up to how many operators a rule is too small to need its steps counted outside of lists. */
const FEW = 1000;

/** A rule that is ready to be run, and when what it gives may become another. */
export interface CompiledRule {
  readonly run: Closure;
  /** Its ways, if each of them ends at a variant's name or at null. */
  readonly course: Course | undefined;
  /** The split that it is, if it is one by an attribute. */
  readonly split: AttributeSplit | undefined;
  /** Whether each run needs a frame of its own; `NO_FRAME` will do otherwise. */
  readonly framed: boolean;
  /** Whether the context has a say. */
  readonly readsContext: boolean;
  /** The parts that depend on nothing but the time. */
  readonly clocks: readonly Closure[];
  /** The dates the time is compared with, in seconds since the epoch. */
  readonly dates: readonly number[];
}

/**
 * Compiles a targeting rule to a closure, once; nothing is interpreted at evaluation.
 *
 * @throws SyntaxError that names the place: an unknown operator, an unknown or circular `$ref`, a rule
 * nested deeper than 200
 */
export function compile(rule: JsonValue, host: RuleHost): CompiledRule {
  const [compiled, operatorCount] = compileRoot(rule, host, false);
  return operatorCount > FEW ? compileRoot(rule, host, true)[0] : compiled;
}

function compileRoot(
  rule: JsonValue,
  host: RuleHost,
  counted: boolean,
): [rule: CompiledRule, operators: number] {
  const compilation: Compilation = {
    host,
    compileAt,
    shared: new Map(),
    operators: 0,
    deepest: 0,
    reads: 0,
    clocks: [],
    dates: new Set(),
    splits: 0,
    unframed: 0,
    course: undefined,
    split: undefined,
  };
  const site: Site = { pointer: "", depth: 0, decides: true, inItem: false, counted };
  const run = compileAt(rule, compilation, site);
  const { clocks, course, dates, operators, reads, split, unframed } = compilation;
  const framed = counted || unframed < operators;
  const readsContext = (reads & CONTEXT) !== 0;
  return [{ run, course, split, framed, readsContext, clocks, dates: [...dates] }, operators];
}

function compileAt(rule: JsonValue, compilation: Compilation, site: Site): Closure {
  reach(site.depth, compilation, site);
  const part = compilePart(rule, compilation, site);
  return compilation.host.trace?.(part, rule, site.pointer) ?? part;
}

function compilePart(rule: JsonValue, compilation: Compilation, site: Site): Closure {
  if (Array.isArray(rule)) return compileList(rule, compilation, site);
  if (!isRecord(rule)) return compileScalar(rule, site);
  const [name, more] = Object.keys(rule);
  if (name === undefined) return () => rule;
  if (more !== undefined) fault(site, "has several keys where one operator belongs");
  const argument = ownValue(rule, name) as JsonValue;
  const outside = compilation.reads;
  const clocksBefore = compilation.clocks.length;
  compilation.reads = 0;
  const closure =
    name === "$ref"
      ? compileRef(argument, compilation, site)
      : compileOperator(name, argument, compilation, site);
  if (compilation.reads === CLOCK) compilation.clocks.splice(clocksBefore, Infinity, closure);
  compilation.reads |= outside;
  return closure;
}

function compileScalar(rule: JsonValue, { counted }: Site): Closure {
  if (!counted || isBrief(rule)) return () => rule;
  return (_context, frame) => {
    spendOn(rule, frame);
    return rule;
  };
}

function compileOperator(
  name: string,
  argument: JsonValue,
  compilation: Compilation,
  site: Site,
): Closure {
  const operator = operators.get(name);
  if (operator === undefined) fault(site, `uses the unknown operator ${JSON.stringify(name)}`);
  compilation.operators++;
  const closure = operator(
    new OperatorPlace(argument, compilation, below(site, name, { decides: site.decides })),
  );
  if (!site.counted) return closure;
  return (context, frame) => {
    spend(frame, 1);
    const value = closure(context, frame);
    spendOn(value, frame);
    return value;
  };
}

/** A shared rule is compiled once for all places of a kind. */
function compileRef(name: JsonValue, compilation: Compilation, site: Site): Closure {
  const { host, shared } = compilation;
  const rule = typeof name === "string" ? ownValue(host.evaluators, name) : undefined;
  if (typeof name !== "string" || rule === undefined) {
    fault(site, `refers to ${JSON.stringify(name)}, which $evaluators does not have`);
  }
  const id = JSON.stringify([site.decides, site.inItem, name]);
  const known = shared.get(id);
  if (known !== undefined) {
    reach(site.depth + known.height, compilation, site);
    compilation.reads |= known.reads;
    return known.closure;
  }
  if (shared.has(id)) fault(site, `refers to ${JSON.stringify(name)}, which refers to itself`);
  shared.set(id, undefined);
  const { deepest } = compilation;
  compilation.deepest = site.depth;
  const closure = compileAt(rule as JsonValue, compilation, {
    pointer: `${pointerToken("$evaluators")}${pointerToken(name)}`,
    depth: site.depth + 1,
    decides: site.decides,
    inItem: site.inItem,
    counted: true, // refs in refs multiply
  });
  const height = compilation.deepest - site.depth;
  compilation.deepest = Math.max(deepest, compilation.deepest);
  shared.set(id, { closure, height, reads: compilation.reads });
  return closure;
}
