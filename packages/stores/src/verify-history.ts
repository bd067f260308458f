import { type AuditEntry, BurgeeError } from "@burgee/core";
import { type AuditKey, auditKeys, hashOf } from "./audit-entry.js";

/** How a history is verified. */
export interface VerifyOptions {
  /**
   * The key that it was signed with, or several: the entries of each are taken.
   *
   * @default none: it was not signed
   */
  readonly key?: AuditKey;
  /**
   * The revision that the newest entry has to have made: without it nobody can tell whether the newest
   * entries were cut off.
   *
   * @default any
   */
  readonly revision?: string;
  /**
   * The hash of the entry before the oldest of these, for a part of a history.
   *
   * @default none: they begin with the first
   */
  readonly after?: string;
}

/**
 * Verifies that nobody has changed, left out, put in or moved an entry of a history.
 *
 * Without a key this finds accidents: a line that was lost, a tool that rewrote a file. An attacker who
 * can write the history can make all its hashes anew. With a key that he does not have, he cannot.
 *
 * @param entries as `history()` gives them, the newest first
 * @throws BurgeeError `BROKEN_CHAIN`, naming the oldest revision that is wrong and what is wrong with
 * it; `INVALID_SECRET` for a key that can be guessed
 *
 * @example
 * ```ts
 * import type { FlagStore } from "@burgee/core";
 * import { verifyHistory } from "@burgee/stores/audit";
 *
 * export async function verify(store: FlagStore, key: string): Promise<void> {
 *   const { id } = await store.read();
 *   await verifyHistory(store.history(), { key, revision: id });
 * }
 * ```
 */
export async function verifyHistory(
  entries: Iterable<AuditEntry> | AsyncIterable<AuditEntry>,
  { key, revision, after = "" }: VerifyOptions = {},
): Promise<void> {
  const keys = auditKeys(key);
  const links: Link[] = [];
  for await (const entry of entries) links.push(linkOf(entry, keys));
  links.reverse();
  checkKey(links, keys);
  for (const [index, link] of links.entries()) {
    if (!link.intact) throw broken(link, "it was changed after it was made");
    checkPlace(links, index, after);
  }
  const newest = links.at(-1);
  if (revision !== undefined && newest?.revision !== revision) {
    throw broken({ revision }, "it was made by no entry, so that the newest ones are missing");
  }
}

/** What is kept of an entry. */
interface Link {
  readonly revision: string;
  readonly previous: string;
  readonly hash: string;
  /** Whether its hash is the one of what it says. */
  readonly intact: boolean;
}

function linkOf(entry: AuditEntry, keys: readonly string[]): Link {
  const { revision, previous, hash } = entry;
  const signers = keys.length > 0 ? keys : [undefined];
  return { revision, previous, hash, intact: signers.some((key) => isSigned(entry, key)) };
}

function isSigned(entry: AuditEntry, key: string | undefined): boolean {
  try {
    return hashOf(entry, key) === entry.hash;
  } catch {
    return false; // nested deeper than any entry that was made
  }
}

/** Where no entry is intact, the key is to blame, rather than each of them. */
function checkKey(links: readonly Link[], keys: readonly string[]): void {
  const [oldest] = links;
  if (oldest === undefined || links.length < 2 || links.some(({ intact }) => intact)) return;
  const signed = keys.length > 0 ? "none was signed with this key" : "they were signed with a key";
  throw broken(oldest, `like all later ones it has another hash: ${signed}`);
}

function checkPlace(links: readonly Link[], index: number, after: string): void {
  const link = links[index] as Link;
  const before = index === 0 ? after : (links[index - 1] as Link).hash;
  if (link.previous === before) return;
  const follows = links.findIndex(({ hash }) => hash === link.previous);
  if (follows >= index) throw broken(link, "it stands before the entry that it follows");
  if (follows === -1 && link.previous !== after) {
    throw broken(link, "the entry that it follows is missing");
  }
  const strange = links[follows + 1] as Link;
  throw broken(strange, "it, or what follows it, was put in");
}

function broken({ revision }: Pick<Link, "revision">, what: string): BurgeeError {
  const message = `The history is broken at revision ${JSON.stringify(revision)}: ${what}.`;
  return new BurgeeError("BROKEN_CHAIN", message, { revision });
}
