import { access, type FileHandle, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type AuditEntry,
  BurgeeError,
  createRuleset,
  type FlagChange,
  type FlagSet,
} from "@burgee/core";
import { type AuditKey, auditEntry } from "../audit-entry.js";
import { applyChange, checkExpected } from "../change.js";
import type { AuditLog } from "./audit-log.js";
import { renameDurably, syncFolder, writeDurably } from "./durable.js";
import type { FileFormat } from "./format.js";
import { type Lock, lockFile, tryLockFile } from "./lock.js";
import { type Content, contentOf, findContent, MAX_BYTES } from "./read.js";
import { replay } from "./replay.js";
import { checkWritable, writeError } from "./writable.js";

/** Writes a flag file and its history, so that the two agree whenever the process ends. */
export interface FileWriter {
  /**
   * @param change as it was read and checked
   * @throws BurgeeError as a store's `commit` does
   */
  commit(change: FlagChange): Promise<Commit>;
  /** Completes or drops what a crash has left, unless somebody is writing. Never rejects. */
  recover(): Promise<void>;
}

/** What a commit has made. */
export interface Commit {
  readonly entry: AuditEntry;
  readonly flagSet: FlagSet;
}

/**
 * A commit is written thrice, each time so that a crash of the machine does not lose it: as a new file
 * beside the old one, as an entry of the history, and, by a rename, as the file. So after a crash the
 * new file is there, and has an entry or none: it is completed, or dropped.
 */
export function fileWriter(
  file: string,
  format: FileFormat,
  log: AuditLog,
  auditKey: AuditKey | undefined,
): FileWriter {
  const next = join(dirname(file), `.${basename(file)}.next`);

  /** The lock is held. */
  async function recover(): Promise<void> {
    await log.dropTorn();
    const written = await findContent(next);
    if (written === undefined) return;
    const [last, before] = await log.newest(2);
    const held = await idOf(file);
    if (last?.revision === written.id && last.revision !== held) {
      if (held === (before?.revision ?? "")) return await renameDurably(next, file);
      await log.dropNewest(); // somebody was quicker, by hand
    }
    await rm(next);
  }

  async function commit(change: FlagChange, lock: Lock): Promise<Commit> {
    await recover();
    const content = await findContent(file);
    checkExpected(change, content?.id ?? "");
    const before = content ? await format.parse(content.text, file) : { flags: {} };
    const flagSet = applyChange(before, change);
    const bytes = Buffer.from(await format.edit(content?.text ?? "", flagSet));
    if (bytes.length > MAX_BYTES) {
      const what = `The change makes ${file} larger than the ${MAX_BYTES} bytes that are read.`;
      throw new BurgeeError("INVALID_FLAG_SET", what);
    }
    const { id: revision } = contentOf(bytes);
    const previous = await noteEdit(content, before);
    const entry = auditEntry(change, before, { revision, previous }, auditKey);
    await write(bytes, entry, change, lock);
    return { entry, flagSet };
  }

  /** Writes down what was done to the file by hand, and gives the hash of the newest entry. */
  async function noteEdit(content: Content | undefined, flagSet: FlagSet): Promise<string> {
    const [last] = await log.newest(1);
    const revision = content?.id ?? "";
    if (revision === (last?.revision ?? "")) return last?.hash ?? "";
    const before = await replay(log.entries());
    const edit: FlagChange = {
      expected: last?.revision ?? "",
      ...createRuleset(before).deltaTo(flagSet),
      actor: "unknown",
      ...(last
        ? { kind: "manual", reason: `${basename(file)} was changed by hand` }
        : { kind: "seed", reason: `${basename(file)} was there before its history` }),
    };
    const time = content ? (await stat(file)).mtime.toISOString() : new Date().toISOString();
    const previous = last?.hash ?? "";
    const entry = auditEntry(edit, before, { revision, previous, time }, auditKey);
    await log.append(entry);
    return entry.hash;
  }

  async function write(
    bytes: Buffer,
    entry: AuditEntry,
    change: FlagChange,
    lock: Lock,
  ): Promise<void> {
    try {
      await writeDurably(next, bytes, "w", asBefore);
      await syncFolder(next);
      lock.check();
      await log.append(entry);
      checkExpected(change, await idOf(file));
      lock.check();
      await renameDurably(next, file);
    } catch (error) {
      await undo(entry).finally(() => rm(next, { force: true }));
      throw error;
    }
  }

  /** Takes an entry away again, unless the file holds what it says. */
  async function undo({ hash, revision }: AuditEntry): Promise<void> {
    if ((await idOf(file)) === revision) return;
    await log.dropTorn();
    const [last] = await log.newest(1);
    if (last?.hash === hash) await log.dropNewest();
  }

  /** Gives a new file the owner and the mode of the one that it will replace. */
  async function asBefore(handle: FileHandle): Promise<void> {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return;
    await handle.chown(found.uid, found.gid).catch(() => {}); // for the superuser alone
    await handle.chmod(found.mode & 0o7777);
  }

  return {
    async commit(change) {
      try {
        await checkWritable(file);
        const lock = await lockFile(file);
        return await commit(change, lock).finally(lock.release);
      } catch (error) {
        throw writeError(error, file);
      }
    },
    async recover() {
      try {
        await access(next);
        const lock = await tryLockFile(file);
        if (lock !== undefined) await recover().finally(lock.release);
      } catch {
        // nothing was left, or it cannot be written: what is there is served
      }
    },
  };
}

/** The id of what a file holds; empty if there is none. */
async function idOf(file: string): Promise<string> {
  return (await findContent(file))?.id ?? "";
}
