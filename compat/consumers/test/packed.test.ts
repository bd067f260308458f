import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const tarballs = readdirSync(`${root}packed`);

/** What is for browsers, the command, and Vitest have no form to be required; some of vitest's entries have. */
const importedOnly = ["burgee-react", "burgee-next", "burgee-cli", "burgee-vitest"];

test("there is something to look at", () => {
  expect(tarballs.some((name) => name.startsWith("burgee-core-"))).toBe(true);
});

test.concurrent.each(tarballs)(
  "publint finds nothing in %s",
  async (tarball) => {
    expect(await complaint("publint", "run", "--strict", `packed/${tarball}`)).toBe("");
  },
  60_000,
);

test.concurrent.each(tarballs)(
  "TypeScript finds the types of %s as Node finds its files",
  async (tarball) => {
    const only = importedOnly.some((name) => tarball.startsWith(name));
    const profile = only ? "esm-only" : "strict";
    expect(await complaint("attw", `packed/${tarball}`, "--profile", profile)).toBe("");
  },
  60_000,
);

/** Runs a tool in this folder; all that it prints, if it exits with more than 0. */
function complaint(tool: string, ...options: string[]): Promise<string> {
  return promisify(execFile)(`node_modules/.bin/${tool}`, options, { cwd: root }).then(
    () => "",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
}
