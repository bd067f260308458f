import { expect, onTestFinished, test } from "vitest";
import { killOften, openCommittedFile } from "../test/file/crash.js";

async function open(name: string) {
  const file = await openCommittedFile(name);
  onTestFinished(file.remove);
  return file;
}

test.each(["flags.json", "flags.yaml"])(
  "killed 200 times while it commits to %s, a process loses nothing",
  async (name) => {
    const { unfinished, locks, entries } = await killOften(await open(name), 200);
    console.info({ name, unfinished, locks, entries });
    expect(unfinished).toBeGreaterThan(10);
    expect(locks).toBeGreaterThanOrEqual(unfinished);
  },
);

test("of eight processes with 200 commits each, none loses anything", async () => {
  const file = await open("flags.json");
  const began = performance.now();
  const processes = Array.from({ length: 8 }, (_, index) => file.commit(`writer-${index}`, 200));
  const codes = await Promise.all(processes.map(({ ended }) => ended));
  console.info({ commitsPerSecond: Math.round(1_600_000 / (performance.now() - began)) });
  expect(codes).toEqual(codes.map(() => 0));
  const entries = await file.check(processes.flatMap(({ written }) => written));
  expect(entries).toHaveLength(1601);
});
