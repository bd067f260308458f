import { defineConfig } from "@burgee/cli";

export default defineConfig({
  file: "flags.json",
  store: "dist/flags.json",
  definitions: "src/flags.ts",
});
