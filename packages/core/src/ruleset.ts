import type { EvaluationContext } from "./context.js";
import type { Decide } from "./decide.js";
import { type EvaluationDetails, failure, type Serving, serve } from "./details.js";
import { type Explanation, explainFlag } from "./explain.js";
import { compileFlag, type FlagSurroundings } from "./flag.js";
import type { Edits, FlagDefinition, FlagSet, FlagSetDelta } from "./flag-set.js";
import { isRecord, type JsonValue, ownValue, sameJson } from "./json.js";
import { createReferences, type References } from "./references.js";
import { changesDue, nextDue } from "./schedule.js";
import { createTable, type Table } from "./table.js";
import type { CompiledRule } from "./targeting/compile.js";

/** One revision of a flag set, compiled and immutable. */
export interface Ruleset {
  /** Put together when it is asked for. */
  readonly flagSet: FlagSet;
  /** A flag of it, as it is written. */
  flag(key: string): FlagDefinition | undefined;
  /**
   * Decides a flag for a context. Never throws: a failure serves the default, with its error code.
   *
   * @param defaultValue served where the flag set decides nothing; its type is the flag's
   * @param now milliseconds since the epoch, for rules that read the time. `@default Date.now()`
   */
  evaluate<Value = JsonValue>(
    key: string,
    defaultValue: Value,
    context: EvaluationContext,
    now?: number,
  ): EvaluationDetails<Value>;
  /**
   * Decides every flag for a context, as `evaluate` does where there is no default.
   *
   * @param now milliseconds since the epoch. `@default Date.now()`
   */
  evaluateAll(
    context: EvaluationContext,
    now?: number,
  ): ReadonlyMap<string, EvaluationDetails<JsonValue | undefined>>;
  /** How a flag is decided for a context: every operator with its inputs and its result. */
  explain(key: string, context: EvaluationContext, now?: number): Explanation;
  /**
   * The ruleset that a change makes of this one, which stays as it is. It takes as long as the
   * change is, however many flags there are; all others keep their compiled form.
   */
  apply(delta: FlagSetDelta): Ruleset;
  /** What makes another flag set of this one. */
  deltaTo(flagSet: FlagSet): FlagSetDelta;
  /** The keys of the flags that a change may decide otherwise. */
  keysChangedBy(delta: FlagSetDelta): readonly string[];
  /**
   * When a flag may be decided otherwise for no other reason than the time: at a date of its
   * rule, or a minute from now while a weight is computed from the time. It speaks for the flags that
   * were read before, since nobody else holds an answer.
   *
   * @param now milliseconds since the epoch
   * @returns milliseconds since the epoch; undefined if never
   */
  nextChange(now: number): number | undefined;
  /** The keys of the flags that `nextChange` spoke for, after one moment and up to another. */
  changesBetween(from: number, to: number): readonly string[];
}

/** Who wants to know what a ruleset does. */
export interface RulesetEvents {
  /** A flag was compiled that the time may change: `nextChange` may be sooner. */
  scheduled?(key: string): void;
}

/**
 * Compiles a flag set. Each flag is compiled when it is first read, and a rule that cannot be
 * compiled is an error of its own flag alone.
 *
 * @example
 * ```ts
 * import { createRuleset } from "@burgee/core";
 *
 * const ruleset = createRuleset({
 *   flags: {
 *     "new-checkout": {
 *       state: "ENABLED",
 *       variants: { on: true, off: false },
 *       defaultVariant: "off",
 *       targeting: { if: [{ "==": [{ var: "plan" }, "pro"] }, "on"] },
 *     },
 *   },
 * });
 * ruleset.evaluate("new-checkout", false, { plan: "pro" });
 * // { value: true, variant: "on", reason: "TARGETING_MATCH", flagMetadata: {} }
 * ```
 */
export function createRuleset(flagSet: FlagSet, events: RulesetEvents = {}): Ruleset {
  const { flags, evaluators, metadata } = partsOf(flagSet);
  const surroundings: FlagSurroundings = { evaluators, metadata: Object.freeze({ ...metadata }) };
  const table = createTable({
    keys: () => Object.keys(flags),
    make: (key) =>
      Object.hasOwn(flags, key)
        ? new Flag(key, flags[key] as FlagDefinition, surroundings)
        : undefined,
  });
  const lineage: Lineage = { references: createReferences(flags), scheduled: new Set(), events };
  return rulesetOf(table, surroundings, lineage, flagSet);
}

/** The parts of a flag set that nobody may have checked. */
function partsOf(flagSet: FlagSet): FlagSurroundings & Pick<FlagSet, "flags"> {
  const { flags, $evaluators, metadata }: Partial<FlagSet> = isRecord(flagSet) ? flagSet : {};
  return {
    flags: isRecord(flags) ? flags : {},
    evaluators: isRecord($evaluators) ? $evaluators : {},
    metadata: isRecord(metadata) ? metadata : {},
  };
}

/** What a ruleset shares with those it was made of, and with those that are made of it. */
interface Lineage {
  readonly references: References;
  /** The keys of the flags that were found to depend on the time. */
  readonly scheduled: Set<string>;
  readonly events: RulesetEvents;
}

/** A flag of a ruleset, compiled when it is first read. */
class Flag {
  readonly key: string;
  readonly definition: FlagDefinition;
  readonly surroundings: FlagSurroundings;
  decide: Decide | undefined;
  /** What serves it always, if no rule has a say: then nobody need be asked. */
  serving: Serving | undefined;
  /** Its rule, once that is compiled, maybe by an earlier revision. */
  rule: CompiledRule | undefined;

  constructor(
    key: string,
    definition: FlagDefinition,
    surroundings: FlagSurroundings,
    known?: CompiledRule,
  ) {
    this.key = key;
    this.definition = definition;
    this.surroundings = surroundings;
    this.rule = known;
  }
}

function rulesetOf(
  table: Table<Flag>,
  surroundings: FlagSurroundings,
  lineage: Lineage,
  flagSet?: FlagSet,
): Ruleset {
  const { references, scheduled, events } = lineage;
  let whole = flagSet;

  function compile(flag: Flag): Decide {
    const { key, definition } = flag;
    const { decide, serving, rule } = compileFlag(key, definition, flag.surroundings, flag.rule);
    flag.decide = decide;
    flag.serving = serving;
    flag.rule = rule;
    if (rule && rule.dates.length + rule.clocks.length > 0) {
      scheduled.add(key);
      events.scheduled?.(key);
    }
    return decide;
  }

  /** The rules that depend on the time, of flags that were read before. */
  function* timed() {
    for (const key of scheduled) {
      const rule = table.get(key)?.rule;
      if (rule !== undefined) yield [key, rule] as const;
    }
  }

  const ruleset: Ruleset = {
    get flagSet() {
      whole ??= flagSetOf(definitions(), surroundings);
      return whole;
    },

    flag: (key) => table.get(key)?.definition,

    evaluate<Value>(
      key: string,
      defaultValue: Value,
      context: EvaluationContext,
      now?: number,
    ): EvaluationDetails<Value> {
      const flag = table.get(key);
      if (flag === undefined) {
        const { metadata } = surroundings;
        return failure(defaultValue, "FLAG_NOT_FOUND", "it is not in the flag set", metadata);
      }
      const { serving } = flag;
      if (serving !== undefined) return serve(serving, defaultValue) as EvaluationDetails<Value>;
      const decide = flag.decide ?? compile(flag);
      return decide(defaultValue, context, now) as EvaluationDetails<Value>;
    },

    evaluateAll(context, now = Date.now()) {
      const all = new Map<string, EvaluationDetails<JsonValue | undefined>>();
      for (const [key, flag] of table.entries()) {
        const decide = flag.decide ?? compile(flag);
        all.set(key, decide(undefined, context, now) as EvaluationDetails<JsonValue | undefined>);
      }
      return all;
    },

    explain(key, context, now = Date.now()) {
      const details = ruleset.evaluate(key, undefined, context, now);
      return explainFlag(key, details, ruleset.flag(key), surroundings, context, now);
    },

    apply(delta) {
      const changed: FlagSurroundings = {
        evaluators: edited(surroundings.evaluators, delta.evaluators),
        metadata: Object.freeze({ ...(delta.metadata ?? surroundings.metadata) }),
      };
      const changes = new Map<string, Flag | undefined>();
      if (!sameJson(changed.metadata, surroundings.metadata)) {
        for (const [key, { definition, rule }] of table.entries()) {
          changes.set(key, new Flag(key, definition, changed, rule));
        }
      }
      for (const key of dependents(delta.evaluators)) {
        const flag = table.get(key);
        if (flag !== undefined) changes.set(key, new Flag(key, flag.definition, changed));
      }
      for (const [key, definition] of Object.entries(delta.flags?.put ?? {})) {
        if (sameJson(table.get(key)?.definition, definition)) continue;
        changes.set(key, new Flag(key, definition, changed));
        references.add(key, definition);
      }
      for (const key of delta.flags?.remove ?? []) changes.set(key, undefined);
      return rulesetOf(table.with(changes), changed, lineage);
    },

    deltaTo(flagSet) {
      const { flags, evaluators, metadata } = partsOf(flagSet);
      return {
        flags: editsBetween(new Map(definitions()), flags),
        evaluators: editsBetween(new Map(Object.entries(surroundings.evaluators)), evaluators),
        metadata,
      };
    },

    keysChangedBy({ flags = {}, evaluators }) {
      const keys = new Set(dependents(evaluators));
      for (const [key, definition] of Object.entries(flags.put ?? {})) {
        if (!sameJson(table.get(key)?.definition, definition)) keys.add(key);
      }
      for (const key of flags.remove ?? []) if (table.get(key) !== undefined) keys.add(key);
      return [...keys];
    },

    nextChange: (now) => nextDue(timed(), now),
    changesBetween: (from, to) => changesDue(timed(), from, to),
  };

  function* definitions() {
    for (const [key, { definition }] of table.entries()) yield [key, definition] as const;
  }

  /** The flags that use a shared rule which a change makes another one. */
  function dependents({ put = {}, remove = [] }: Edits<JsonValue> = {}): Iterable<string> {
    const { evaluators } = surroundings;
    const names = Object.keys(put).filter(
      (name) => !sameJson(ownValue(evaluators, name), ownValue(put, name)),
    );
    names.push(...remove);
    return names.length === 0 ? [] : references.to(names, evaluators);
  }

  return ruleset;
}

function flagSetOf(
  definitions: Iterable<readonly [string, FlagDefinition]>,
  { evaluators, metadata }: FlagSurroundings,
): FlagSet {
  const flags = Object.fromEntries(definitions);
  return {
    flags,
    ...(Object.keys(evaluators).length > 0 && { $evaluators: evaluators }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** What edits make of entries; a name that is both put and removed is removed. */
function edited<Entry>(
  entries: Readonly<Record<string, Entry>>,
  { put = {}, remove = [] }: Edits<Entry> = {},
): Readonly<Record<string, Entry>> {
  if (Object.keys(put).length + remove.length === 0) return entries;
  const removed = new Set(remove);
  const all = Object.entries({ ...entries, ...put });
  return Object.fromEntries(all.filter(([name]) => !removed.has(name)));
}

/** The edits that make some entries of others. */
function editsBetween<Entry>(
  held: ReadonlyMap<string, Entry>,
  wanted: Readonly<Record<string, Entry>>,
): Required<Edits<Entry>> {
  const put = Object.entries(wanted).filter(([name, entry]) => !sameJson(held.get(name), entry));
  const remove = [...held.keys()].filter((name) => !Object.hasOwn(wanted, name));
  return { put: Object.fromEntries(put), remove };
}
