import { isDeepStrictEqual } from "node:util";
import type { AuditEntry, FlagDefinition } from "@burgee/core";
import { Failure } from "../failure.js";
import { findFlag } from "../find-flag.js";
import { freeOfHolds } from "../free-of-holds.js";
import { oneLine } from "../one-line.js";
import type { FoundPlace } from "./change-flag.js";

/** A flag as it once was. */
export interface PastFlag {
  /** With the hold that was on it, if one was. */
  readonly flag: FlagDefinition;
  /** What going back to it is, in words: "undoes the release of revision 7 by ada". */
  readonly title: string;
}

/**
 * The flag before its last change; one that was removed, before that. Holds are no changes: a trip, a kill and what resumed it are passed
 * over.
 *
 * @throws Failure `usage` if the history has no such change, or the flag was created by it, or nobody
 * knows it
 */
export async function flagBeforeLastChange({
  key,
  flag,
  flagSet,
  opened,
}: FoundPlace): Promise<PastFlag> {
  let newest = true;
  for await (const entry of opened.store.history({ flag: key })) {
    const { before, after } = alterationOf(entry, key) ?? {};
    if (newest && after !== undefined && !isSame(after, flag)) {
      return {
        flag: after,
        title: "undoes what was changed since without an entry in the history",
      };
    }
    newest = false;
    if (isSame(before, after)) continue;
    if (before !== undefined) return { flag: before, title: `undoes the ${nameOf(entry)}` };
    throw new Failure(
      "usage",
      `${key} was created by the ${nameOf(entry)}; before it there is nothing to go back to.`,
    );
  }
  findFlag(flagSet, key, opened);
  throw new Failure(
    "usage",
    `The history knows no change of ${key}; there is nothing to go back to.`,
  );
}

/**
 * The flag as it was at a revision.
 *
 * @throws Failure `usage` if the history does not know the revision, or the flag was not there then
 */
export async function flagAt(
  { key, flag, opened }: FoundPlace,
  revision: string,
): Promise<PastFlag> {
  let isThere = false;
  let then = flag;
  for await (const entry of opened.store.history()) {
    isThere ||= entry.revision === revision;
    const alteration = alterationOf(entry, key);
    if (alteration === undefined) continue;
    then = isThere ? alteration.after : alteration.before;
    if (isThere) break;
  }
  if (!isThere) {
    const what = `The history knows no revision ${JSON.stringify(revision)}; \`burgee history ${key}\` names them.`;
    throw new Failure("usage", what);
  }
  if (then !== undefined) return { flag: then, title: `back to revision ${revision}` };
  throw new Failure("usage", `${key} was not there at revision ${revision}; name another one.`);
}

function alterationOf({ flags }: AuditEntry, key: string) {
  return Object.hasOwn(flags, key) ? flags[key] : undefined;
}

function isSame(a: FlagDefinition | undefined, b: FlagDefinition | undefined): boolean {
  return isDeepStrictEqual(a && freeOfHolds(a), b && freeOfHolds(b));
}

function nameOf({ kind, revision, actor }: AuditEntry): string {
  return `${kind === "manual" ? "change" : kind} of revision ${revision} by ${oneLine(actor)}`;
}
