import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rename, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lockFile, tryLockFile } from "../../src/file/lock.js";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-lock-"));
  file = join(folder, "flags.json");
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Makes a lock that somebody else would have, by another place or process number in its name. */
async function lockAs(change: (name: string) => string): Promise<string> {
  await tryLockFile(file);
  const [name] = (await readdir(folder)) as [string];
  await rename(join(folder, name), join(folder, change(name)));
  return change(name);
}

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid as number;
}

const ofProcess = (pid: number) => (name: string) => name.replace(`-${process.pid}-`, `-${pid}-`);
const elsewhere = (name: string) => name.replace(/lock-\w+-/, "lock-elsewhere-");

test("only one has a lock, and nothing is left of it", async () => {
  const first = await tryLockFile(file);
  expect(first).toBeDefined();
  expect(await tryLockFile(file)).toBeUndefined();
  expect(await tryLockFile(join(folder, "other.json"))).toBeDefined();
  await first?.release();
  const second = await tryLockFile(file);
  expect(second).toBeDefined();
  await second?.release();
  expect((await readdir(folder)).filter((name) => name.startsWith(".flags.json"))).toEqual([]);
});

test("of many who want it at once, never two have it", async () => {
  let holders = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const lock = await lockFile(file);
      most = Math.max(most, ++holders);
      await readdir(folder);
      holders--;
      await lock.release();
    }),
  );
  expect(most).toBe(1);
});

test("who waits for a lock has it once it is released", async () => {
  const first = await tryLockFile(file);
  const second = lockFile(file);
  await first?.release();
  await (await second).release();
});

test("the lock of a process that is no more is removed", async () => {
  const left = await lockAs(ofProcess(await deadProcess()));
  expect(await tryLockFile(file)).toBeDefined();
  expect(await readdir(folder)).not.toContain(left);
});

test("the lock of a process that lives is heeded, until it is half a minute old", async () => {
  const name = await lockAs(ofProcess(process.ppid));
  expect(await tryLockFile(file)).toBeUndefined();
  const old = new Date(Date.now() - 31_000);
  await utimes(join(folder, name), old, old);
  expect(await tryLockFile(file)).toBeDefined();
});

test("so is the lock of another machine, whatever lives here", async () => {
  const dead = ofProcess(await deadProcess());
  const name = await lockAs((name) => elsewhere(dead(name)));
  expect(await tryLockFile(file)).toBeUndefined();
  const old = new Date(Date.now() - 31_000);
  await utimes(join(folder, name), old, old);
  expect(await tryLockFile(file)).toBeDefined();
});

test("a lock of this process's number from before it began is one of another's", async () => {
  const name = await lockAs((name) => name);
  expect(await tryLockFile(file)).toBeUndefined();
  const before = new Date(Date.now() - 1000 * process.uptime() - 5000);
  await utimes(join(folder, name), before, before);
  expect(await tryLockFile(file)).toBeDefined();
});

test("a lock that was held so long that others may take it is relied upon no more", async () => {
  const lock = await tryLockFile(file);
  expect(() => lock?.check()).not.toThrow();
  const now = performance.now();
  vi.spyOn(performance, "now").mockReturnValue(now + 20_001);
  expect(() => lock?.check()).toThrow("STORE_BUSY");
});

test("who waits in vain is told so after ten seconds", async () => {
  await tryLockFile(file);
  const now = performance.now();
  vi.spyOn(performance, "now")
    .mockReturnValueOnce(now)
    .mockReturnValue(now + 10_001);
  await expect(lockFile(file)).rejects.toMatchObject({ code: "STORE_BUSY" });
});
