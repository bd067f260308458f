import { oneLine } from "../one-line.js";
import type { OpenStore } from "../open-store.js";
import { tableOf } from "../table.js";
import type { Gathered } from "./gather-evidence.js";
import { factsOf, isPermanent, judge, unchangedSince, usesOf, type Verdict } from "./judge.js";

/** A flag that was judged. */
export interface StaleFlag {
  readonly key: string;
  readonly reasons: readonly Verdict[];
  readonly owner: string;
  readonly kind: string;
  /** How many places in the code do more with it than to define it. */
  readonly references: number;
}

/** Judges a flag. */
export function staleFlag(key: string, evidence: Gathered): StaleFlag {
  const { owner = "", kind = "" } = factsOf(key, evidence);
  return {
    key,
    reasons: judge(key, evidence),
    owner: `${owner}`,
    kind: `${kind}`,
    references: usesOf(key, evidence).length,
  };
}

/** What a person is told: the flags that should end, why, and what was not looked at. */
export function reportText(
  found: readonly StaleFlag[],
  keys: readonly string[],
  evidence: Gathered,
  opened: OpenStore,
): string {
  const rows = found.map(({ key, reasons, owner, kind }) => {
    return [key, reasons.map(({ message }) => message).join("; "), owner, kind];
  });
  const table = rows.length > 0 ? [tableOf(["FLAG", "WHY", "OWNER", "KIND"], rows), ""] : [];
  const day = new Date(evidence.at).toISOString().slice(0, 10);
  const sum = `${found.length} of ${keys.length} flags of ${opened.name} are stale, as of ${day}.`;
  return [...table, ...notesOf(keys, evidence), sum].join("\n");
}

/** What was not, or could not be, looked at. */
function notesOf(keys: readonly string[], evidence: Gathered): string[] {
  const exempt = keys.filter((key) => isPermanent(factsOf(key, evidence)));
  const ageless = keys.filter((key) => {
    const isHeld = Object.hasOwn(evidence.flagSet.flags, key) && !exempt.includes(key);
    return isHeld && unchangedSince(key, evidence) === undefined;
  });
  return [
    ...(exempt.length > 0
      ? [`Of kind ops or permission, and so never too old: ${exempt.join(", ")}.`]
      : []),
    ...(ageless.length > 0
      ? [`Of unknown age, without a history and \`created\`: ${ageless.join(", ")}.`]
      : []),
    ...(evidence.references
      ? []
      : ["No source files were found, so that nothing is said of references."]),
    ...(evidence.defined
      ? []
      : ["No definitions were found; name their modules with --definitions."]),
    ...evidence.skipped.map(({ file, why }) => `${file} was left out: ${why}.`),
  ].map(oneLine);
}
