import {
  atPointer,
  frozenCopy,
  isRecord,
  type JsonValue,
  ownValue,
  pointerToken,
} from "../json.js";
import { arithmetic } from "./arithmetic.js";
import { comparison } from "./comparison.js";
import { attributeOf, data, isClock, partsAfterFlagKey } from "./data.js";
import { fractional } from "./fractional.js";
import { lists } from "./lists.js";
import { logic } from "./logic.js";
import {
  type Branch,
  type Closure,
  type Frame,
  frameOf,
  isLiteral,
  MAX_DEPTH,
  type Operator,
  type Place,
  spend,
} from "./operator.js";
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

/** What a rule is compiled for. */
export interface RuleHost {
  readonly flagKey: string;
  /** The shared rules, by name. */
  readonly evaluators: Readonly<Record<string, JsonValue>>;
  /** The variant served where the rule gives null. */
  readonly defaultVariant: string | undefined;
  /** The rule that a hold was made of: its splits stay the same ones. `@default` the rule itself */
  readonly splitsOf?: JsonValue;
  /** Makes of each compiled part of the rule what is run in its place. `@default` the part itself */
  readonly trace?: (part: Closure, rule: JsonValue, pointer: string) => Closure;
}

/** A rule that is ready to be run, and when what it gives may become another. */
export interface CompiledRule {
  readonly run: Closure;
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
    shared: new Map(),
    operators: 0,
    deepest: 0,
    reads: 0,
    clocks: [],
    dates: new Set(),
  };
  const site: Site = { pointer: "", depth: 0, decides: true, inItem: false, counted };
  const run = compileAt(rule, compilation, site);
  const { clocks, dates, operators, reads } = compilation;
  return [{ run, readsContext: (reads & CONTEXT) !== 0, clocks, dates: [...dates] }, operators];
}

/** What a part of a rule reads: nothing, or these. */
const CLOCK = 1;
const CONTEXT = 2;

/** The state of one compilation. */
interface Compilation {
  readonly host: RuleHost;
  /** The shared rules met so far; undefined while one is being compiled. */
  readonly shared: Map<string, Shared | undefined>;
  /** How many operators were compiled so far. */
  operators: number;
  /** How deep the rule goes, as far as it was compiled. */
  deepest: number;
  /** What the part that is being compiled reads, as far as it was compiled. */
  reads: number;
  /** The largest parts so far that read the time and nothing else. */
  clocks: Closure[];
  readonly dates: Set<number>;
}

/** A compiled shared rule. */
interface Shared {
  readonly closure: Closure;
  /** How much deeper a rule gets where it stands. */
  readonly height: number;
  readonly reads: number;
}

interface Site {
  readonly pointer: string;
  readonly depth: number;
  readonly decides: boolean;
  readonly inItem: boolean;
  /** Whether it may run more than once in an evaluation, so that its steps have to be counted. */
  readonly counted: boolean;
}

function compileAt(rule: JsonValue, compilation: Compilation, site: Site): Closure {
  reach(site.depth, compilation, site);
  const part = compilePart(rule, compilation, site);
  return compilation.host.trace?.(part, rule, site.pointer) ?? part;
}

function compilePart(rule: JsonValue, compilation: Compilation, site: Site): Closure {
  if (Array.isArray(rule)) return compileList(rule, compilation, site);
  if (!isRecord(rule)) return () => rule;
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

function compileList(
  rule: readonly JsonValue[],
  compilation: Compilation,
  site: Site,
): (frame: Frame) => readonly unknown[] {
  const closures = rule.map((item, index) => compileAt(item, compilation, below(site, index)));
  if (compilation.host.trace === undefined && rule.every((item) => isLiteral(item))) {
    const list = frozenCopy(rule);
    return () => list;
  }
  return (frame) => closures.map((closure) => closure(frame));
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
  return (frame) => {
    spend(frame, 1);
    return closure(frame);
  };
}

/** An operator's place, by the site of its arguments. */
class OperatorPlace implements Place {
  readonly #compilation: Compilation;
  readonly #site: Site;
  readonly #argument: JsonValue;
  readonly args: readonly JsonValue[];
  readonly listed: boolean;

  constructor(argument: JsonValue, compilation: Compilation, site: Site) {
    this.#argument = argument;
    this.#compilation = compilation;
    this.#site = site;
    this.listed = Array.isArray(argument);
    this.args = this.listed ? (argument as readonly JsonValue[]) : [argument];
  }

  get written(): JsonValue {
    const { splitsOf } = this.#compilation.host;
    const before = splitsOf === undefined ? undefined : atPointer(splitsOf, this.pointer);
    return before ?? this.#argument;
  }

  get pointer(): string {
    return this.#site.pointer;
  }

  get decides(): boolean {
    return this.#site.decides;
  }

  get inItem(): boolean {
    return this.#site.inItem;
  }

  get flagKey(): string {
    return this.#compilation.host.flagKey;
  }

  get defaultVariant(): string | undefined {
    return this.#compilation.host.defaultVariant;
  }

  compile(rule: JsonValue, token: number, decides = false): Closure {
    const site = this.#at(token, { decides: this.decides && decides });
    return compileAt(rule, this.#compilation, site);
  }

  compileBranch(rule: JsonValue, token: number): Branch {
    const closure = this.compile(rule, token, true);
    return typeof rule === "string" && !this.#isWhole ? rule : closure;
  }

  pairOf(
    operator: string,
    rule: JsonValue | undefined,
    token: number,
  ): [Closure, Closure] | undefined {
    if (this.#site.counted || this.#isWhole) return undefined;
    const args = isRecord(rule) && Object.keys(rule).length === 1 ? rule[operator] : undefined;
    if (!Array.isArray(args) || args.length !== 2) return undefined;
    const site = below(this.#at(token), operator);
    const closures = args.map((arg: JsonValue, index) =>
      compileAt(arg, this.#compilation, below(site, index)),
    );
    return closures as [Closure, Closure];
  }

  compileForItems(rule: JsonValue, token: number): Closure {
    return compileAt(rule, this.#compilation, this.#at(token, { inItem: true, counted: true }));
  }

  compileAll(): (frame: Frame) => readonly unknown[] {
    if (this.listed) return compileList(this.args, this.#compilation, this.#site);
    const single = compileAt(this.#argument, this.#compilation, this.#at(0));
    return (frame) => {
      const value = single(frame);
      return Array.isArray(value) ? value : [value];
    };
  }

  attributeOf(rule: JsonValue | undefined): string | undefined {
    const name = this.#isWhole ? undefined : attributeOf(rule);
    if (name !== undefined) this.reads("context");
    return name;
  }

  isClock(rule: JsonValue | undefined): boolean {
    return !this.#isWhole && isClock(rule);
  }

  afterFlagKey(rule: JsonValue | undefined): readonly JsonValue[] | undefined {
    return this.#isWhole ? undefined : partsAfterFlagKey(rule);
  }

  reads(what: "context" | "clock"): void {
    this.#compilation.reads |= what === "clock" ? CLOCK : CONTEXT;
  }

  changesAt(seconds: readonly number[], closure: Closure): void {
    for (const second of seconds) {
      const before = closure(frameAt(second - 1));
      if (before !== closure(frameAt(second))) this.#compilation.dates.add(second);
    }
  }

  /** Whether each part must be run by itself: to be traced, or because `var` reads an item. */
  get #isWhole(): boolean {
    return this.inItem || this.#compilation.host.trace !== undefined;
  }

  /** A single argument stands where the list would. */
  #at(token: number, changes: Partial<Site> = {}): Site {
    if (this.listed) return below(this.#site, token, changes);
    return { ...this.#site, decides: false, ...changes };
  }
}

/** A frame for what reads nothing but the time, in seconds since the epoch. */
function frameAt(second: number): Frame {
  return frameOf({}, second * 1000);
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

function reach(depth: number, compilation: Compilation, site: Site): void {
  if (depth > MAX_DEPTH) fault(site, `is nested deeper than ${MAX_DEPTH}`);
  compilation.deepest = Math.max(compilation.deepest, depth);
}

/** What stands inside of a site; it decides nothing, unless that is said. */
function below(site: Site, token: string | number, changes: Partial<Site> = {}): Site {
  const { inItem, counted } = site;
  const pointer = site.pointer + pointerToken(token);
  return { decides: false, inItem, counted, ...changes, pointer, depth: site.depth + 1 };
}

function fault({ pointer }: Site, what: string): never {
  const place = pointer.length > 200 ? `${pointer.slice(0, 200)}…` : pointer;
  throw new SyntaxError(`targeting${place} ${what}`);
}
