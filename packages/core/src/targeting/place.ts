import { atPointer, frozenCopy, isRecord, type JsonValue } from "../json.js";
import { attributeOf, isClock, partsAfterFlagKey } from "./data.js";
import {
  type Branch,
  type Closure,
  type Frame,
  frameOf,
  isLiteral,
  type Place,
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

  compileAll(): (frame: Frame) => readonly unknown[] {
    if (this.listed) return compileList(this.args, this.#compilation, this.#site);
    const single = this.#compilation.compileAt(this.#argument, this.#compilation, this.#at(0));
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

/** Compiles a list, each of its items by itself; one that is written is always the same. */
export function compileList(
  rule: readonly JsonValue[],
  compilation: Compilation,
  site: Site,
): (frame: Frame) => readonly unknown[] {
  const closures = rule.map((item, index) =>
    compilation.compileAt(item, compilation, below(site, index)),
  );
  if (compilation.host.trace === undefined && rule.every((item) => isLiteral(item))) {
    const list = frozenCopy(rule);
    return () => list;
  }
  return (frame) => closures.map((closure) => closure(frame));
}
