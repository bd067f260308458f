import { defineConfig } from "vitest/config";

/** One after another, so that none is in the others' way. */
const project = (name, file, setupFiles = []) => ({
  test: { name, include: [file], setupFiles },
});

export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      project("plain", "plain.mjs"),
      project("again", "plain.mjs"),
      project("flagged", "flagged.mjs", ["@burgee/vitest/setup"]),
    ],
  },
});
