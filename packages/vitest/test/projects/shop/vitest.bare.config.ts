import { flagsReport } from "@burgee/vitest";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["*.spec.ts"],
    reporters: ["default", flagsReport({ failOn: "untested-variant" })],
  },
});
