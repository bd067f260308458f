import { createHash, createHmac } from "node:crypto";
import {
  type Alteration,
  type AuditEntry,
  BurgeeError,
  type Edits,
  type FlagChange,
  type FlagSet,
} from "@burgee/core";
import { canonicalJson } from "./canonical-json.js";

/** What signs the entries of a history. Of several, the first signs and all verify. */
export type AuditKey = string | readonly string[];

/** What an entry says besides its change. */
export interface Made {
  /** The id of the revision that the change made. */
  readonly revision: string;
  /** The hash of the entry before it; empty for the first. */
  readonly previous: string;
  /** When, as an ISO 8601 text. `@default` now */
  readonly time?: string;
}

/**
 * The audit entry of a change. What it leaves as it was is left out.
 *
 * @param before what it was made of; only what the change names is read, and has to be there
 * @param key signs the entry, by HMAC-SHA-256. `@default` none: its hash is a plain SHA-256
 *
 * @example
 * ```ts
 * import type { FlagChange } from "@burgee/core";
 * import { auditEntry } from "@burgee/stores/audit";
 *
 * export function firstEntry(change: FlagChange) {
 *   return auditEntry(change, { flags: {} }, { revision: "1", previous: "" });
 * }
 * ```
 */
export function auditEntry(
  change: FlagChange,
  before: FlagSet,
  made: Made,
  key?: AuditKey,
): AuditEntry {
  const { actor, reason, kind, origin } = change;
  const { metadata: held = {} } = before;
  const metadata = alteration(held, change.metadata ?? held);
  const entry = {
    revision: made.revision,
    time: made.time ?? new Date().toISOString(),
    actor,
    reason,
    kind,
    ...(origin && { origin }),
    flags: alterations(before.flags, change.flags),
    evaluators: alterations(before.$evaluators, change.evaluators),
    ...(metadata && { metadata }),
    previous: made.previous,
  };
  return { ...entry, hash: hashOf(entry, signingKey(key)) };
}

/**
 * The hash of an entry: of the canonical JSON (RFC 8785) of all it says but its hash.
 *
 * @param key `@default` none: a plain SHA-256 instead of an HMAC
 */
export function hashOf(entry: Omit<AuditEntry, "hash">, key?: string): string {
  const { hash: _, ...rest } = entry as AuditEntry;
  const digest = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  return digest.update(canonicalJson(rest)).digest("hex");
}

/**
 * Checks a key that was given as an option.
 *
 * @returns all of them, the one that signs first
 * @throws BurgeeError `INVALID_SECRET` for one that can be guessed
 */
export function auditKeys(key: AuditKey = []): readonly string[] {
  const keys = typeof key === "string" ? [key] : key;
  if (keys.every((each) => typeof each === "string" && each.length >= MIN_KEY)) return keys;
  throw new BurgeeError("INVALID_SECRET", `An audit key has fewer than ${MIN_KEY} characters.`);
}

/** How long a key has to be, in characters. */
const MIN_KEY = 32;

function signingKey(key: AuditKey | undefined): string | undefined {
  return auditKeys(key)[0];
}

function alterations<Entry>(
  before: Readonly<Record<string, Entry>> = {},
  { put = {}, remove = [] }: Edits<Entry> = {},
): Record<string, Alteration<Entry>> {
  const removed = new Set(remove);
  const made: [string, Alteration<Entry>][] = [];
  for (const name of new Set([...Object.keys(put), ...remove])) {
    const after = removed.has(name) ? undefined : own(put, name);
    const altered = alteration(own(before, name), after);
    if (altered !== undefined) made.push([name, altered]);
  }
  return Object.fromEntries(made);
}

function alteration<Entry>(
  before: Entry | undefined,
  after: Entry | undefined,
): Alteration<Entry> | undefined {
  if (before === after || canonicalJson(before) === canonicalJson(after)) return undefined;
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function own<Entry>(entries: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
