import type { Definition, Definitions, FlagDefinition, FlagMetadata, FlagSet } from "@burgee/core";
import type { Population } from "../population.js";
import type { Reference } from "../references/find-references.js";
import type { LastChanges } from "./last-changes.js";
import { segmentsOf } from "./segments.js";
import { movedByTime, settledOn, waitsForTime } from "./settled.js";

/**
 * Why a flag should end:
 *
 * - `unchanged`: nobody has changed its state for long
 * - `expired`: its `expires` is past
 * - `settled`: everybody has one variant, which is not the safe one
 * - `unreferenced`: the code defines it, and does nothing with it
 * - `undefined`: the store has it, and the code does not define it
 * - `archived`: it was disabled for good, and the code still has it
 */
export type StaleReason =
  | "unchanged"
  | "expired"
  | "settled"
  | "unreferenced"
  | "undefined"
  | "archived";

/** Why a flag should end, and the same in words. */
export interface Verdict {
  readonly reason: StaleReason;
  readonly message: string;
}

/** What flags are judged by. */
export interface Evidence {
  readonly flagSet: FlagSet;
  /** What the code's modules define, where they were named. */
  readonly definitions: Definitions | undefined;
  /** The keys that the code defines; undefined where nobody knows. */
  readonly defined: ReadonlySet<string> | undefined;
  /** The places in the code; undefined where there is no code to look at. */
  readonly references: readonly Reference[] | undefined;
  readonly changes: LastChanges;
  readonly population: Population;
  /** The moment that it is judged as of, in milliseconds since the epoch. */
  readonly at: number;
  /** How long a state may stay, in milliseconds. */
  readonly maxAge: number;
}

const DAY = 86_400_000;

/** Kinds that live as long as the application: they are not too old, and may well be on for everybody. */
const permanentKinds: readonly unknown[] = ["ops", "permission"];

/** Why a flag should end; nothing if it should not. */
export function judge(key: string, evidence: Evidence): readonly Verdict[] {
  const flag = flagOf(key, evidence);
  const facts = factsOf(key, evidence);
  const mayStay = flag === undefined || isPermanent(facts) || isArchived(key, evidence);
  return [
    ...(mayStay ? [] : [unchanged(key, flag, evidence), settled(key, flag, evidence)]),
    expired(facts, evidence),
    archived(key, evidence),
    unreferenced(key, evidence),
    notDefined(key, evidence),
  ].filter((verdict) => verdict !== undefined);
}

/** What is said of a flag: in the code, and over that in the store. */
export function factsOf(key: string, evidence: Evidence): FlagMetadata {
  const { owner, kind, created, expires } = definitionOf(key, evidence) ?? {};
  const written = Object.entries({ owner, kind, created, expires });
  const known = written.filter((fact): fact is [string, string] => fact[1] !== undefined);
  return { ...Object.fromEntries(known), ...flagOf(key, evidence)?.metadata };
}

export function isPermanent({ kind }: FlagMetadata): boolean {
  return permanentKinds.includes(kind);
}

/**
 * Since when a flag's state is as it is, and the shared rules that it uses are; in milliseconds since the
 * epoch. Undefined if nobody knows.
 */
export function unchangedSince(key: string, evidence: Evidence): number | undefined {
  const { of, segments, since } = evidence.changes;
  const flag = flagOf(key, evidence);
  const created = Date.parse(`${factsOf(key, evidence)["created"]}`);
  const own = of.get(key)?.at ?? since ?? (Number.isNaN(created) ? undefined : created);
  const names = flag === undefined ? [] : [...segmentsOf(flag, evidence.flagSet)];
  const times = [own, ...names.map((name) => segments.get(name))];
  return latest(times.filter((time) => time !== undefined));
}

function latest(times: readonly number[]): number | undefined {
  return times.length > 0 ? Math.max(...times) : undefined;
}

function unchanged(key: string, flag: FlagDefinition, evidence: Evidence): Verdict | undefined {
  const { flagSet, at, maxAge } = evidence;
  const since = unchangedSince(key, evidence);
  if (since === undefined || !(at - since >= maxAge)) return undefined; // a time may be none
  if (waitsForTime(key, flag, flagSet, at)) return undefined;
  if (movedByTime(key, flag, flagSet, at - maxAge, at)) return undefined;
  const days = Math.floor((at - since) / DAY);
  return { reason: "unchanged", message: `unchanged for ${days} days` };
}

function settled(key: string, flag: FlagDefinition, evidence: Evidence): Verdict | undefined {
  const { flagSet, population, at } = evidence;
  const variant = settledOn(key, flag, flagSet, population, at);
  if (variant === undefined) return undefined;
  const definition = definitionOf(key, evidence);
  const isSafe = definition ? definition.default === variant : flag.variants[variant] === false;
  if (isSafe) return undefined; // it has not begun, or was taken back
  return { reason: "settled", message: `${variant} for 100 % of ${population.name}` };
}

function expired({ expires }: FlagMetadata, { at }: Evidence): Verdict | undefined {
  const end = Date.parse(`${expires}`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(`${expires}`);
  if (Number.isNaN(end) || at < (isDay ? end + DAY : end)) return undefined;
  return { reason: "expired", message: `should be gone by ${expires}` };
}

function archived(key: string, evidence: Evidence): Verdict | undefined {
  const places = usesOf(key, evidence);
  const [first] = places;
  if (first === undefined || !isArchived(key, evidence)) return undefined;
  const more = places.length > 1 ? ` and ${places.length - 1} more` : "";
  const where = `${first.file}:${first.line}:${first.column}${more}`;
  return { reason: "archived", message: `disabled, and the code still has it: ${where}` };
}

function unreferenced(key: string, evidence: Evidence): Verdict | undefined {
  const { references, defined } = evidence;
  if (references === undefined || defined?.has(key) === false) return undefined;
  if (usesOf(key, evidence).length > 0) return undefined;
  return { reason: "unreferenced", message: "nothing in the code refers to it" };
}

function notDefined(key: string, { defined }: Evidence): Verdict | undefined {
  if (defined === undefined || defined.has(key)) return undefined;
  return { reason: "undefined", message: "in the store, and the code does not define it" };
}

/** The places that do more with a flag than to define it. */
export function usesOf(key: string, { references = [] }: Evidence): readonly Reference[] {
  return references.filter(({ flag, kind }) => flag === key && kind !== "definition");
}

/** Whether it was disabled to end, rather than for a while. */
export function isArchived(key: string, evidence: Evidence): boolean {
  const isDisabled = flagOf(key, evidence)?.state === "DISABLED";
  return isDisabled && evidence.changes.of.get(key)?.kind === "archive";
}

function flagOf(key: string, { flagSet: { flags } }: Evidence): FlagDefinition | undefined {
  return Object.hasOwn(flags, key) ? flags[key] : undefined;
}

function definitionOf(key: string, { definitions = {} }: Evidence): Definition | undefined {
  return Object.hasOwn(definitions, key) ? definitions[key] : undefined;
}
