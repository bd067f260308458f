import { flagSecret } from "@burgee/vitest";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["*.spec.ts"], maxConcurrency: 50, env: { FLAG_SECRET: flagSecret() } },
});
