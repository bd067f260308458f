import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type AuditEntry, BurgeeError, type FlagChange, type Revision } from "@burgee/core";
import { type AuditKey, auditEntry } from "../audit-entry.js";
import { checkExpected, readChange } from "../change.js";
import type { Send } from "./client.js";
import type { Copy } from "./copy.js";
import { checkSizes, editsOf, messageOf, namesOf } from "./edits.js";
import { failure, isAnswer } from "./failure.js";
import type { Keys } from "./keys.js";
import { commitScript, keysOfSet, run } from "./scripts.js";
import { lookThere, type Names, type There } from "./there.js";

/** Writes revisions. */
export interface Committer {
  commit(send: Send, change: FlagChange): Promise<AuditEntry>;
  /**
   * Writes all of what is held, as a new lineage.
   *
   * @param there the id of the revision that it replaces; empty for none
   * @returns what is held then; nothing if another revision is there
   */
  reseed(send: Send, copy: Copy, there: string): Promise<Revision | undefined>;
}

/** What writing takes. */
export interface CommitOptions {
  readonly keys: Keys;
  readonly auditKey: AuditKey | undefined;
  /** How many audit entries are kept. */
  readonly auditEntries: number;
  /** The largest flag, in bytes. */
  readonly maxFlagBytes: number;
  /** Who this is, as the actor of a seed. */
  readonly instance: string;
  /** The hash of a revision that was read here, if it is known. */
  hashOf(revision: string): string | undefined;
}

/** How long it is asked what has become of a commit, in milliseconds, and how often. */
const PATIENCE = 5000;
const ASK_EVERY = 200;

const nothing: Names = { flags: [], evaluators: [] };

export function createCommitter(options: CommitOptions): Committer {
  const { keys, auditKey, auditEntries, maxFlagBytes, instance, hashOf } = options;
  const look = (send: Send, names: Names) => lookThere(send, keys, names, maxFlagBytes);

  /** @returns whether it was written; if not, another revision is there */
  async function write(send: Send, made: MadeRevision): Promise<boolean> {
    const { change, entry, number, asOf, clear } = made;
    const args = [
      ...[change.expected, entry.previous, entry.revision, String(number), entry.hash, asOf],
      ...[JSON.stringify(entry), String(auditEntries)],
      ...[keys.channel, messageOf(entry), clear ? "1" : "", ...editsOf(change)],
    ];
    try {
      const reply = await run(send, commitScript, keysOfSet(keys), args);
      return (reply as readonly string[])[0] === "done";
    } catch (error) {
      if (isAnswer(error)) throw failure(error, `Nothing was written to ${keys.head}`, true);
      return wasWritten(send, entry, error);
    }
  }

  /** Whether a commit that nobody answered was made. */
  async function wasWritten(
    send: Send,
    { hash, revision }: AuditEntry,
    error: unknown,
  ): Promise<boolean> {
    for (const end = performance.now() + PATIENCE; ; await pause(ASK_EVERY)) {
      try {
        if ((await send(["ZSCORE", keys.chain, hash])) !== null) return true;
        throw failure(error, `Nothing was written to ${keys.head}`);
      } catch (cause) {
        if (cause instanceof BurgeeError && cause.cause === error) throw cause;
        if (performance.now() < end) continue;
        const what = `Redis did not say whether revision ${revision} was written to ${keys.head}`;
        throw failure(error, what);
      }
    }
  }

  function entryOf(change: FlagChange, there: There, revision: string): AuditEntry {
    const { previous, time, before } = there;
    const made = { revision, previous, time };
    return auditEntry(change, there.revision === "" ? { flags: {} } : before, made, auditKey);
  }

  return {
    async commit(send, given) {
      const change = readChange(given);
      checkSizes(change, maxFlagBytes);
      const there = await look(send, namesOf(change)).catch((error) => {
        throw failure(error, `${keys.head} cannot be read`);
      });
      checkExpected(change, there.revision);
      const known = hashOf(change.expected);
      if (known !== undefined && known !== there.hash) throw overtaken(there.revision);

      const clear = there.revision === "";
      const number = there.number + 1n;
      const lineage = clear ? newLineage() : there.revision.replace(/:\d+$/, "");
      const entry = entryOf(change, there, `${lineage}:${number}`);
      if (await write(send, { change, entry, number, asOf: there.time, clear })) return entry;
      checkExpected(change, (await look(send, nothing)).revision);
      throw overtaken(change.expected);
    },

    async reseed(send, copy, expected) {
      const { identity } = copy;
      if (identity === undefined) return undefined;
      const { flags, $evaluators = {}, metadata } = copy.revision.flagSet;
      const change: FlagChange = {
        expected,
        flags: { put: flags },
        evaluators: { put: $evaluators },
        ...(metadata && { metadata }),
        actor: instance,
        reason: `The store lost revision ${identity.revision}, which this instance held.`,
        kind: "manual",
      };
      const there = await look(send, expected === "" ? nothing : namesOf(change));
      if (there.revision !== expected || copy.identity !== identity) return undefined;
      const held = BigInt(/\d+$/.exec(identity.revision)?.[0] ?? 0);
      const number = (held > there.number ? held : there.number) + 1n;
      const entry = entryOf(change, there, `${newLineage()}:${number}`);
      const { revision, hash } = entry;
      const { asOf } = identity;
      if (!(await write(send, { change, entry, number, asOf, clear: true }))) return undefined;
      return copy.rename({ revision, hash, asOf });
    },
  };
}

/** A revision that is to be written. */
interface MadeRevision {
  readonly change: FlagChange;
  readonly entry: AuditEntry;
  readonly number: bigint;
  /** When what is in it was written. */
  readonly asOf: string;
  /** Whether nothing of what is there stays. */
  readonly clear: boolean;
}

/** The store holds a revision of the id expected that is not the one that was read. */
function overtaken(revision: string): BurgeeError {
  const what = `The store holds another revision ${revision} than was read: it was set back since.`;
  return new BurgeeError("REVISION_CONFLICT", what, { revision });
}

function newLineage(): string {
  return randomBytes(6).toString("hex");
}
