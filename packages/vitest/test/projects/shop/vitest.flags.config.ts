import { flagProjects, flagsReport } from "@burgee/vitest";
import { defineConfig } from "vitest/config";
import { definitions } from "./flags.js";

export default defineConfig({
  test: {
    include: ["*.spec.ts"],
    retry: 1,
    projects: flagProjects(definitions),
    reporters: ["default", flagsReport({ failOn: "untested-variant" })],
  },
});
