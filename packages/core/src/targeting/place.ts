import { anonymous } from "../context.js";
import { atPointer, frozenCopy, isRecord, type JsonValue } from "../json.js";
import { attributeOf, isClock, partsAfterFlagKey } from "./data.js";
import {
  type AttributeSplit,
  type Branch,
  type Closure,
  frameAt,
  isLiteral,
  type ListClosure,
  type Place,
  type Way,
} from "./operator.js";
import { below, CLOCK, CONTEXT, type Compilation, type Site } from "./site.js";

/** An operator's place, by the site of its arguments. */
export class OperatorPlace implements Place {
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
    return this.#compilation.compileAt(rule, this.#compilation, site);
  }

  compileBranch(rule: JsonValue, token: number): Branch {
    const closure = this.compile(rule, token, true);
    return (typeof rule === "string" || rule === null) && !this.#isWhole ? rule : closure;
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
      this.#compilation.compileAt(arg, this.#compilation, below(site, index)),
    );
    return closures as [Closure, Closure];
  }

  compileForItems(rule: JsonValue, token: number): Closure {
    return this.#compilation.compileAt(
      rule,
      this.#compilation,
      this.#at(token, { inItem: true, counted: true }),
    );
  }

  compileAll(): ListClosure {
    if (this.listed) return compileList(this.args, this.#compilation, this.#site);
    const single = this.#compilation.compileAt(this.#argument, this.#compilation, this.#at(0));
    return (context, frame) => {
      const value = single(context, frame);
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

  isOnlySplit(): boolean {
    const { counted, decides } = this.#site;
    return this.#compilation.splits++ === 0 && decides && !counted;
  }

  unframed(closure: Closure): Closure {
    if (!this.#site.counted) this.#compilation.unframed++;
    return closure;
  }

  goes(ways: readonly Way[], otherwise: Branch): void {
    if (!this.#isRule) return;
    const ends = [...ways.map(({ branch }) => branch), otherwise].filter(isWritten);
    if (ends.length > ways.length) this.#compilation.course = { ways, ends };
  }

  splits(split: AttributeSplit): void {
    if (this.#isRule) this.#compilation.split = split;
  }

  changesAt(seconds: readonly number[], closure: Closure): void {
    for (const second of seconds) {
      const before = closure(anonymous, frameAt((second - 1) * 1000));
      if (before !== closure(anonymous, frameAt(second * 1000)))
        this.#compilation.dates.add(second);
    }
  }

  /** Whether the operator is the whole rule, and can be run without its closure. */
  get #isRule(): boolean {
    return this.#site.depth === 1 && !this.#site.counted && !this.#isWhole;
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

function isWritten(branch: Branch): branch is Exclude<Branch, Closure> {
  return typeof branch !== "function";
}

/** Compiles a list, each of its items by itself; one that is written is always the same. */
export function compileList(
  rule: readonly JsonValue[],
  compilation: Compilation,
  site: Site,
): ListClosure {
  const closures = rule.map((item, index) =>
    compilation.compileAt(item, compilation, below(site, index)),
  );
  if (compilation.host.trace === undefined && rule.every((item) => isLiteral(item))) {
    const list = frozenCopy(rule);
    return () => list;
  }
  return (context, frame) => closures.map((closure) => closure(context, frame));
}
