import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";

const example = fileURLToPath(new URL("..", import.meta.url));

beforeAll(() => {
  execFileSync("npx", ["turbo", "run", "build", "--output-logs", "errors-only"], { cwd: example });
}, 120_000);

/** Opens the shop on a free port, with a flag file of its own. */
async function open() {
  const folder = await mkdtemp(join(tmpdir(), "burgee-nestjs-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "flags.json");
  await writeFile(file, await readFile(join(example, "flags.json")));
  const child = spawn(process.execPath, ["dist/main.js"], {
    cwd: example,
    env: { ...process.env, PORT: "0", FLAGS: file },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, file, url: /http:\S+/.exec(line)?.[0] ?? "" };
}

const ask = (url: string, user: string, method = "GET") =>
  fetch(url, { method, headers: { "x-user": user } });

test("each customer searches by the variant that is theirs", async () => {
  const { url } = await open();
  expect(await (await ask(`${url}/search?q=tea`, "ada")).json()).toEqual({
    ranking: "popular",
    found: ["tea pot", "tea spoon"],
  });
  expect(await (await ask(`${url}/search?q=tea`, "bob")).json()).toEqual({
    ranking: "words",
    found: ["tea spoon", "tea pot"],
  });
});

test("the new checkout opens when its flag is switched on, without a restart", async () => {
  const { child, file, url } = await open();
  expect((await ask(`${url}/checkout`, "bob", "POST")).status).toBe(404);
  const flagSet = JSON.parse(await readFile(file, "utf8"));
  flagSet.flags["new-checkout"].defaultVariant = "on";
  await writeFile(file, JSON.stringify(flagSet));
  await vi.waitFor(
    async () => expect((await ask(`${url}/checkout`, "bob", "POST")).status).toBe(201),
    { timeout: 5000 },
  );
  child.kill("SIGTERM");
  await once(child, "close");
});
