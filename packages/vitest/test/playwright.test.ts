import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const playwright = fileURLToPath(
  new URL("../../../node_modules/@playwright/test/cli.js", import.meta.url),
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("Chromium is served what a test of Playwright overrides, by a server that was given the secret", async () => {
  const output = await mkdtemp(join(tmpdir(), "burgee-playwright-"));
  onTestFinished(() => rm(output, { recursive: true }));
  const { BURGEE_TEST_SECRET: _, ...env } = process.env;
  const config = join(import.meta.dirname, "projects/browser/playwright.config.ts");
  const port = String(await freePort());
  const said = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [playwright, "test", "--config", config],
      { env: { ...env, PORT: port, OUTPUT: output, NO_COLOR: "1" } },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
  expect(said).toMatch(/6 passed/);
  expect(said).not.toMatch(/failed|flaky/);
}, 120_000);
