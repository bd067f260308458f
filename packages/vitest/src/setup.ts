import {
  afterAll,
  aroundEach,
  expect,
  inject,
  type RunnerTestCase,
  type RunnerTestFile,
} from "vitest";
import type { ProjectFlags } from "./flag-projects.js";
import { flagMatchers } from "./matchers.js";
import { overrideEverywhere } from "./overrides.js";
import { knownDefinitions, readsOfTest } from "./reads.js";
import { runInFrame } from "./run-in-frame.js";
import type {} from "./task-meta.js";

const project = inject("burgee.flags");
let file: RunnerTestFile | undefined;

expect.extend(flagMatchers);
if (project !== undefined) afterAll(overrideEverywhere(project.overrides));

aroundEach((run, { task }) =>
  runInFrame({}, async () => {
    file = task.file;
    await run();
    noteRead(task);
    if (project !== undefined) blame(task, project);
  }),
);

afterAll(() => {
  if (file !== undefined) file.meta.flagsDefined = flagsDefined();
});

/** Leaves for `flagsReport` what a test has read. */
function noteRead(task: RunnerTestCase): void {
  const read = (readsOfTest() ?? []).map(
    ({ exposure: { flag, variant } }) => [flag, variant] as const,
  );
  task.meta.flagsRead = [...new Map(read.map((one) => [one.join("="), one])).values()];
}

/** The flags that a test could have read. */
function flagsDefined(): Record<string, readonly string[]> {
  const defined = knownDefinitions().flatMap(Object.entries);
  return Object.fromEntries(
    defined.map(([key, { default: safe, variants }]) => {
      return [key, [safe, ...Object.keys(variants).filter((name) => name !== safe)]];
    }),
  );
}

/** Says in a test's errors which flags it has read, since one of them may be why it failed. */
function blame(task: RunnerTestCase, { state }: ProjectFlags): void {
  const read = (task.meta.flagsRead ?? []).map((one) => one.join("="));
  if (task.result?.state !== "fail" || read.length === 0) return;
  const blamed = `\n\nIt failed with all flags ${state}; it had read ${read.join(", ")}.`;
  for (const error of task.result.errors ?? []) {
    if (!error.message.endsWith(blamed)) error.message += blamed; // those before a retry have it
  }
}
