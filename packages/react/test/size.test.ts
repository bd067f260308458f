import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sizeLimit = fileURLToPath(new URL("bin.js", import.meta.resolve("size-limit")));

interface Measured {
  readonly name: string;
  readonly size: number;
  readonly sizeLimit: number;
}

test("no bundle is larger than the limit that .size-limit.mjs gives a reason for", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [sizeLimit, "--json"], {
    cwd: root,
  }).catch((failed: { readonly stdout: string }) => failed);
  const measured: readonly Measured[] = JSON.parse(stdout);
  expect(measured.map(({ name }) => name)).toEqual([
    "the provider, useFlag and the client",
    "all of it",
  ]);
  for (const { name, size, sizeLimit: limit } of measured) {
    expect(size, name).toBeGreaterThan(1000);
    expect(size, name).toBeLessThanOrEqual(limit);
  }
}, 60_000);
