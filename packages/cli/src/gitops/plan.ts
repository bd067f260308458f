import {
  createRuleset,
  type Edits,
  type FlagDefinition,
  type FlagMetadata,
  type FlagSet,
  type FlagSetDelta,
  type JsonValue,
} from "@burgee/core";
import { type BlastRadius, blastRadius } from "../blast-radius.js";
import { checkOperators } from "../checks/operators.js";
import { heldAs } from "../held-as.js";
import { refusalOf, unconfirmed } from "../migrations.js";
import { type Population, populationOf, sampleFor } from "../population.js";
import { BASE, compare, type Difference, type Keep } from "./compare.js";
import { fingerprint, gitFacts, idOf, storeFacts } from "./items.js";
import type { StoreRecord } from "./record.js";

/** What applying Git to a store would do. */
export interface Plan {
  /** Every item that was changed since the last seed, in Git or in the store. */
  readonly differences: readonly Difference[];
  /** What is to be written; undefined if nothing is. */
  readonly change: FlagSetDelta | undefined;
  /** Who sees another variant by it, flag by flag. */
  readonly radii: readonly BlastRadius[];
  /** Who that was tried on. */
  readonly population: Population;
  /** Why it is refused, a clause each; empty if it is not. */
  readonly refusals: readonly string[];
}

/** What a plan is made of. */
export interface PlanInput {
  readonly git: FlagSet;
  readonly store: FlagSet;
  readonly record: StoreRecord;
  /** How conflicts are resolved. `@default` they are not */
  readonly keep?: Keep | undefined;
  /** A file of contexts that it is tried on. */
  readonly contexts: string | undefined;
}

/** @throws Failure `usage` for contexts that cannot be read */
export async function makePlan({ git, store, record, keep, contexts }: PlanInput): Promise<Plan> {
  const differences = compare(git, store, record, keep);
  const change = changeOf(store, differences);
  const ruleset = createRuleset(store);
  const after = change === undefined ? store : ruleset.apply(change).flagSet;
  const keys = change === undefined ? [] : ruleset.keysChangedBy(change);
  const population = sampleFor(keys.length, await populationOf(contexts, store, after));
  return {
    differences,
    change,
    radii: blastRadius(keys, store, after, population, Date.now()),
    population,
    refusals: [
      ...waitingFor(after, Object.keys(change?.flags?.put ?? {}), store.metadata),
      ...brokenBy(after, keys),
    ],
  };
}

/** What makes the store what the differences say; undefined if that is what it is. */
function changeOf(store: FlagSet, differences: readonly Difference[]): FlagSetDelta | undefined {
  const taken = differences.filter(({ verdict }) => verdict === "git");
  const metadata = metadataOf(store, differences);
  const flags = editsOf(taken, "flag", (flag: FlagDefinition, key) => {
    return heldAs(key, flag, Object.hasOwn(store.flags, key) ? store.flags[key] : undefined);
  });
  const evaluators = editsOf(taken, "segment", (rule: JsonValue) => rule);
  if (!flags && !evaluators && !metadata) return undefined;
  return {
    ...(flags && { flags }),
    ...(evaluators && { evaluators }),
    ...(metadata && { metadata }),
  };
}

function editsOf<Entry>(
  taken: readonly Difference[],
  wanted: Difference["kind"],
  asWritten: (entry: Entry, name: string) => Entry,
): Edits<Entry> | undefined {
  const items = taken.filter(({ kind }) => kind === wanted);
  if (items.length === 0) return undefined;
  const put: [string, Entry][] = [];
  const remove: string[] = [];
  for (const { name, git } of items) {
    if (git === undefined) remove.push(name);
    else put.push([name, asWritten(git as Entry, name)]);
  }
  return { put: Object.fromEntries(put), remove };
}

/** The facts about the set, and what Git said where that is not what it was seeded with. */
function metadataOf(
  { metadata = {} }: FlagSet,
  differences: readonly Difference[],
): FlagMetadata | undefined {
  const own: Record<string, string | number | boolean> = { ...storeFacts(metadata) };
  let facts = gitFacts(metadata);
  for (const { kind, name, verdict, git, resolved } of differences) {
    const base = `${BASE}${idOf(kind, name)}`;
    if (verdict === "agreed" || (verdict === "store" && resolved)) own[base] = fingerprint(git);
    if (verdict !== "git") continue;
    delete own[base];
    if (kind === "metadata") facts = (git ?? {}) as FlagMetadata;
  }
  const next = { ...facts, ...own };
  return fingerprint(next) === fingerprint(metadata) ? undefined : next;
}

/** Flags that wait for a migration. */
function waitingFor(
  { flags }: FlagSet,
  put: readonly string[],
  confirmed: FlagMetadata | undefined,
): string[] {
  return put.flatMap((key) => {
    const names = unconfirmed(flags[key] as FlagDefinition, confirmed);
    return names.length > 0 ? [refusalOf(key, names)] : [];
  });
}

/** Flags whose rule cannot be compiled any more. */
function brokenBy(after: FlagSet, keys: readonly string[]): string[] {
  return [...checkOperators(after)]
    .filter(({ flag = "" }) => keys.includes(flag))
    .map(({ flag, message }) => `flag ${JSON.stringify(flag)}: ${message}`);
}
