import { type JsonValue, pointerToken } from "../json.js";
import { type AttributeSplit, type Closure, type Course, MAX_DEPTH } from "./operator.js";

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

/** What a part of a rule reads: nothing, or these. */
export const CLOCK = 1;
export const CONTEXT = 2;

/** The state of one compilation. */
export interface Compilation {
  readonly host: RuleHost;
  /** Compiles a rule at its site. */
  readonly compileAt: (rule: JsonValue, compilation: Compilation, site: Site) => Closure;
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
  /** How many splits were compiled so far. */
  splits: number;
  /** How many operators were compiled so far that need no frame. */
  unframed: number;
  /** The ways of the rule, if each of them ends at a text or at null. */
  course: Course | undefined;
  /** The split that the rule is, if it is one by an attribute. */
  split: AttributeSplit | undefined;
}

/** A compiled shared rule. */
export interface Shared {
  readonly closure: Closure;
  /** How much deeper a rule gets where it stands. */
  readonly height: number;
  readonly reads: number;
}

/** A place in a rule, on the way down from its root. */
export interface Site {
  readonly pointer: string;
  readonly depth: number;
  readonly decides: boolean;
  readonly inItem: boolean;
  /** Whether it may run more than once in an evaluation, so that its steps have to be counted. */
  readonly counted: boolean;
}

/** @throws SyntaxError if the site is too deep */
export function reach(depth: number, compilation: Compilation, site: Site): void {
  if (depth > MAX_DEPTH) fault(site, `is nested deeper than ${MAX_DEPTH}`);
  compilation.deepest = Math.max(compilation.deepest, depth);
}

/** What stands inside of a site; it decides nothing, unless that is said. */
export function below(site: Site, token: string | number, changes: Partial<Site> = {}): Site {
  const { inItem, counted } = site;
  const pointer = site.pointer + pointerToken(token);
  return { decides: false, inItem, counted, ...changes, pointer, depth: site.depth + 1 };
}

/** @throws SyntaxError that names the place */
export function fault({ pointer }: Site, what: string): never {
  const place = pointer.length > 200 ? `${pointer.slice(0, 200)}…` : pointer;
  throw new SyntaxError(`targeting${place} ${what}`);
}
