import { frozenCopy, isRecord, type JsonValue, ownValue, pointerToken } from "../json.js";
import { fractional } from "./fractional.js";
import { logic } from "./logic.js";
import { type Closure, isLiteral, type Operator } from "./operator.js";
import { strings } from "./strings.js";

/** Every operator a rule may use, one row each. */
const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({ ...logic, ...strings, ...fractional }),
);

/** How deep a rule may be nested, shared rules included. */
const MAX_DEPTH = 200;

/** How many operator steps one evaluation may take. */
const MAX_STEPS = 100_000;

/** What a rule is compiled for. */
export interface RuleHost {
  /** The shared rules, by name. */
  readonly evaluators: Readonly<Record<string, JsonValue>>;
  /** The variant served where the rule gives null. */
  readonly defaultVariant: string | undefined;
}

/**
 * Compiles a targeting rule to a closure, once; nothing is interpreted at evaluation.
 *
 * @throws SyntaxError that names the place: an unknown operator, an unknown or circular `$ref`, a rule
 * nested deeper than 200
 */
export function compile(rule: JsonValue, host: RuleHost): Closure {
  const compilation = { host, shared: new Map(), operators: 0, deepest: 0 };
  return compileAt(rule, compilation, { pointer: "", depth: 0, decides: true });
}

/** The state of one compilation. */
interface Compilation {
  readonly host: RuleHost;
  /** The shared rules met so far; undefined while one is being compiled. */
  readonly shared: Map<string, Shared | undefined>;
  /** How many operators were compiled so far. */
  operators: number;
  /** How deep the rule goes, as far as it was compiled. */
  deepest: number;
}

/** A compiled shared rule. */
interface Shared {
  readonly closure: Closure;
  /** How much deeper a rule gets where it stands. */
  readonly height: number;
}

interface Site {
  readonly pointer: string;
  readonly depth: number;
  readonly decides: boolean;
}

function compileAt(rule: JsonValue, compilation: Compilation, site: Site): Closure {
  reach(site.depth, compilation, site);
  if (Array.isArray(rule)) {
    const closures = rule.map((item: JsonValue, index) =>
      compileAt(item, compilation, below(site, index, false)),
    );
    return rule.every(isLiteral)
      ? constant(rule)
      : (frame) => closures.map((closure) => closure(frame));
  }
  if (!isRecord(rule)) return () => rule;
  const [name, more] = Object.keys(rule);
  if (name === undefined) return () => rule;
  if (more !== undefined) fault(site, "has several keys where one operator belongs");
  const argument = ownValue(rule, name) as JsonValue;
  if (name === "$ref") return compileRef(argument, compilation, site);
  const operator = operators.get(name);
  if (operator === undefined) fault(site, `uses the unknown operator ${JSON.stringify(name)}`);
  compilation.operators++;
  const inside = below(site, name, site.decides);
  return operator(Array.isArray(argument) ? argument : [argument], {
    pointer: inside.pointer,
    decides: site.decides,
    defaultVariant: compilation.host.defaultVariant,
    compile: (item, token, decides = false) =>
      compileAt(item, compilation, below(inside, token, site.decides && decides)),
  });
}

function constant(rule: JsonValue): Closure {
  const value = frozenCopy(rule);
  return () => value;
}

/** A shared rule is compiled once, and its steps are counted: refs in refs grow exponentially. */
function compileRef(name: JsonValue, compilation: Compilation, site: Site): Closure {
  const { host, shared } = compilation;
  const rule = typeof name === "string" ? ownValue(host.evaluators, name) : undefined;
  if (typeof name !== "string" || rule === undefined) {
    fault(site, `refers to ${JSON.stringify(name)}, which $evaluators does not have`);
  }
  const id = `${site.decides ? "decides" : "gives"} ${name}`;
  const known = shared.get(id);
  if (known !== undefined) {
    reach(site.depth + known.height, compilation, site);
    return known.closure;
  }
  if (shared.has(id)) fault(site, `refers to ${JSON.stringify(name)}, which refers to itself`);
  shared.set(id, undefined);
  const before = { operators: compilation.operators, deepest: compilation.deepest };
  compilation.deepest = site.depth;
  const body = compileAt(rule as JsonValue, compilation, {
    pointer: `${pointerToken("$evaluators")}${pointerToken(name)}`,
    depth: site.depth + 1,
    decides: site.decides,
  });
  const height = compilation.deepest - site.depth;
  compilation.deepest = Math.max(before.deepest, compilation.deepest);
  const steps = 1 + compilation.operators - before.operators;
  const closure: Closure = (frame) => {
    frame.steps += steps;
    if (frame.steps > MAX_STEPS) throw new RangeError(`takes more than ${MAX_STEPS} steps`);
    return body(frame);
  };
  shared.set(id, { closure, height });
  return closure;
}

function reach(depth: number, compilation: Compilation, site: Site): void {
  if (depth > MAX_DEPTH) fault(site, `is nested deeper than ${MAX_DEPTH}`);
  compilation.deepest = Math.max(compilation.deepest, depth);
}

function below(site: Site, token: string | number, decides: boolean): Site {
  return { pointer: site.pointer + pointerToken(token), depth: site.depth + 1, decides };
}

function fault(site: Site, what: string): never {
  throw new SyntaxError(`targeting${site.pointer} ${what}`);
}
