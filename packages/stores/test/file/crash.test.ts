import { expect, onTestFinished, test } from "vitest";
import { killOften, openCommittedFile } from "./crash.js";

async function open(name: string) {
  const file = await openCommittedFile(name);
  onTestFinished(file.remove);
  return file;
}

test("killed while it commits, a process loses nothing that it said was written", async () => {
  const file = await open("flags.json");
  const { entries } = await killOften(file, 15);
  expect(entries).toBeGreaterThanOrEqual(16);
}, 60_000);

test("of two processes that commit at once, none loses anything", async () => {
  const file = await open("flags.yaml");
  const processes = [file.commit("ada", 20), file.commit("bob", 20)];
  expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0]);
  const entries = await file.check(processes.flatMap(({ written }) => written));
  expect(entries).toHaveLength(41);
  expect(await file.left()).toEqual({ next: false, lock: false });
}, 60_000);
