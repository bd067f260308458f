import { flagSecret } from "@burgee/vitest/playwright";
import { defineConfig } from "@playwright/test";

const port = process.env["PORT"] ?? "3000";

export default defineConfig({
  testDir: ".",
  testMatch: "*.browser.ts",
  outputDir: process.env["OUTPUT"] ?? "./results",
  fullyParallel: true,
  workers: 2,
  reporter: "list",
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    },
  },
  webServer: {
    command: "node ../../server.mjs",
    url: `http://127.0.0.1:${port}/refused`,
    env: { PORT: port, FLAG_SECRET: flagSecret() },
  },
});
