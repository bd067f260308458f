import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { type AuditEntry, type FlagSet, parseFlagSet } from "@burgee/core";
import { verifyHistory } from "@burgee/stores/audit";
import { fileStore } from "@burgee/stores/file";
import { expect } from "vitest";
import { parse } from "yaml";
import { buildProgram } from "../build-program.js";
import { flagSetWith } from "../flag-set-with.js";

/** A file that processes of their own commit to. */
export interface CommittedFile {
  readonly path: string;
  /** Begins to commit in another process. */
  commit(actor: string, count?: number): Committing;
  /** Checks that the file, its history and what was told to be written agree; gives its entries. */
  check(written: readonly string[]): Promise<AuditEntry[]>;
  /** What a crash has left beside the file: what the next commit will complete, drop or remove. */
  left(): Promise<{ readonly next: boolean; readonly lock: boolean }>;
  remove(): Promise<void>;
}

/** A process that commits. */
export interface Committing {
  /** The hashes of what it has written, as far as is known. */
  readonly written: readonly string[];
  /** Resolves once the first commit is written. */
  readonly begun: Promise<unknown>;
  /** Resolves when it has ended, with its exit code; null if it was killed. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

export async function openCommittedFile(name: string): Promise<CommittedFile> {
  const folder = await mkdtemp(join(tmpdir(), "burgee-crash-"));
  const program = await buildProgram("file/committer.ts", folder);
  const path = join(folder, name);
  await writeFile(path, `${JSON.stringify(flagSetWith("off"), null, 2)}\n`);

  return {
    path,
    commit(actor, count = Number.POSITIVE_INFINITY) {
      const child = spawn(process.execPath, [program, path, actor, String(count)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      return committing(child);
    },
    async check(written) {
      const text = await readFile(path, "utf8");
      const document: unknown = name.endsWith(".json") ? JSON.parse(text) : parse(text);
      expect(parseFlagSet(document).ok).toBe(true);
      const store = fileStore(path);
      const { id, flagSet } = await store.read();
      const entries: AuditEntry[] = [];
      for await (const entry of store.history()) entries.push(entry);
      await verifyHistory(entries, { revision: id });
      expect(entries.map(({ hash }) => hash)).toEqual(expect.arrayContaining([...written]));
      expectCounted(entries, flagSet);
      return entries;
    },
    async left() {
      const names = await readdir(folder);
      return {
        next: names.includes(`.${name}.next`),
        lock: names.some((each) => each.startsWith(`.${name}.lock-`)),
      };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

function committing(child: ChildProcessByStdio<null, Readable, null>): Committing {
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (data) => {
    text += data;
  });
  return {
    get written() {
      return text.split("\n").slice(0, -1);
    },
    begun: once(child.stdout, "data"),
    ended: once(child, "close").then(([code]) => code),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Each actor's flag counts the actor's entries: none is lost, and none was made of an older one. */
function expectCounted(entries: readonly AuditEntry[], { flags }: FlagSet): void {
  const actors = new Set(entries.map(({ actor }) => actor));
  actors.delete("unknown");
  for (const actor of actors) {
    const made = entries.filter((entry) => entry.actor === actor).length;
    expect([actor, flags[actor]?.variants["count"]]).toEqual([actor, made]);
  }
}

/** Kills a process that commits, at a random moment, so many times; checks what each has left. */
export async function killOften(file: CommittedFile, times: number): Promise<KillCounts> {
  const counts = { times, unfinished: 0, locks: 0, entries: 0 };
  const written: string[] = [];
  for (let count = 0; count < times; count++) {
    const process = file.commit("writer");
    await process.begun;
    await wait(Math.random() * 30);
    process.kill();
    expect(await process.ended).toBeNull();
    written.push(...process.written);
    const { next, lock } = await file.left();
    if (next) counts.unfinished++;
    if (lock) counts.locks++;
    counts.entries = (await file.check(written)).length;
    expect((await file.left()).next).toBe(false);
  }
  return counts;
}

/** What kills have met. */
export interface KillCounts {
  readonly times: number;
  /** How many came between the first write of a commit and its last. */
  readonly unfinished: number;
  /** How many left a lock. */
  readonly locks: number;
  /** How many entries there are in the end. */
  readonly entries: number;
}
