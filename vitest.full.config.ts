import { existsSync } from "node:fs";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { asWritten, workspaces } from "./vitest.config.js";

/** A workspace's long tests. */
function long(root: string): TestProjectConfiguration {
  const include = ["test-full/**/*.test.ts"];
  return { root, ...asWritten, test: { name: `${root}, long`, include, testTimeout: 300_000 } };
}

const projects = workspaces
  .filter((root) => existsSync(`${import.meta.dirname}/${root}/test-full`))
  .map(long);

// One file at a time: long tests measure.
export default defineConfig({ test: { projects, fileParallelism: false } });
