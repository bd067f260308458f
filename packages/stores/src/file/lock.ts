import { createHash, randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BurgeeError } from "@burgee/core";

/** How long a lock is waited for, in milliseconds. */
const PATIENCE = 10_000;

/** The longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 50;

/** How old a lock may be, in milliseconds, before nobody heeds it: a commit takes some. */
const EXPIRY = 30_000;

/** How long a lock is relied upon, in milliseconds: well before anybody else takes it for expired. */
const RELIABLE = 20_000;

/** The right to write a file, of one process at a time. */
export interface Lock {
  /** @throws BurgeeError `STORE_BUSY` if it was held so long that others no longer heed it */
  check(): void;
  release(): Promise<void>;
}

/**
 * Locks a file, waiting for whoever has locked it.
 *
 * @throws BurgeeError `STORE_BUSY` after ten seconds; what the file system throws
 */
export async function lockFile(file: string): Promise<Lock> {
  const since = performance.now();
  for (let longest = 2; ; longest = Math.min(2 * longest, LONGEST_PAUSE)) {
    const lock = await tryLockFile(file);
    if (lock !== undefined) return lock;
    if (performance.now() - since > PATIENCE) {
      const what = `Others have written ${file} without a pause for ${PATIENCE} ms.`;
      throw new BurgeeError("STORE_BUSY", what);
    }
    await wait(1 + Math.random() * longest);
  }
}

/**
 * Locks a file, unless it is locked.
 *
 * Everybody puts down a ticket of a name that is never used again, and has the lock if nobody else has
 * one. So a ticket that a crash has left can be removed by anybody at any time, and no lock is ever
 * taken from one who has it.
 */
export async function tryLockFile(file: string): Promise<Lock | undefined> {
  if (await hasTicket(file)) return undefined;
  const ticket = `${prefixOf(file)}${place}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const path = join(dirname(file), ticket);
  await (await open(path, "wx")).close();
  const since = performance.now();
  const release = () => rm(path, { force: true });
  if (await hasTicket(file, ticket)) {
    await release();
    return undefined;
  }
  return {
    check() {
      if (performance.now() - since < RELIABLE) return;
      throw new BurgeeError("STORE_BUSY", `Writing ${file} took more than ${RELIABLE} ms.`);
    },
    release,
  };
}

/** Whether anybody else has a ticket; those that crashes have left are removed. */
async function hasTicket(file: string, own?: string): Promise<boolean> {
  const prefix = prefixOf(file);
  let found = false;
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(prefix) || name === own) continue;
    const path = join(dirname(file), name);
    if (await isLeft(path, name.slice(prefix.length))) await rm(path, { force: true });
    else found = true;
  }
  return found;
}

async function isLeft(path: string, holder: string): Promise<boolean> {
  const made = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (made === undefined) return true;
  const [where, pid] = holder.split("-");
  if (Date.now() - made > EXPIRY) return true;
  if (where !== place) return false;
  // In a container that was restarted, this process may have the number of the one that crashed.
  if (Number(pid) === process.pid) return made < Date.now() - 1000 * process.uptime() - 1000;
  return !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function prefixOf(file: string): string {
  return `.${basename(file)}.lock-`;
}

/** Where process numbers mean the same: this machine, or this container. */
const place = createHash("sha256")
  .update(`${hostname()} ${pidNamespace()}`)
  .digest("hex")
  .slice(0, 8);

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return ""; // no Linux
  }
}
