import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { signOverrides } from "@burgee/core/signed";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";

const example = fileURLToPath(new URL("..", import.meta.url));
const secret = "a secret for the length of this test";

beforeAll(() => {
  execFileSync("npx", ["turbo", "run", "build", "--output-logs", "errors-only"], { cwd: example });
}, 120_000);

/** Starts the example with a copy of its flags; its URL, and its lines as they come. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), "burgee-example-"));
  const file = join(folder, "flags.json");
  await writeFile(file, await readFile(join(example, "flags.json")));
  const child = spawn(process.execPath, ["dist/main.js"], {
    cwd: example,
    env: { ...process.env, PORT: "0", FLAGS: file, FLAG_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill();
    await rm(folder, { recursive: true });
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
  await once(output, "line");
  return { url: lines[0] ?? "", lines, file };
}

test("its routes go by its flags, and say how they ended", async () => {
  const { url, lines } = await start();
  const checkout = async (headers: Record<string, string> = {}) =>
    (await fetch(`${url}/checkout`, { method: "POST", headers })).status;
  expect(await checkout()).toBe(404);
  expect(await checkout({ "x-user": "ada@example.com" })).toBe(200);
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ status: "ready" });
  await vi.waitFor(() =>
    expect(lines.slice(1)).toEqual(["ok  new-checkout=off", "ok  new-checkout=on"]),
  );
}, 20_000);

test("a visitor keeps a ranking, and a browser is told it", async () => {
  const { url } = await start();
  const first = await fetch(`${url}/search?q=tea`);
  const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const again = await fetch(`${url}/search?q=tea`, { headers: { cookie } });
  expect(await again.json()).toEqual(await first.json());
  const told = await fetch(`${url}/flags/ofrep/v1/evaluate/flags`, { method: "POST" });
  expect(await told.json()).toMatchObject({ flags: [{ key: "search-ranking" }] });
}, 20_000);

test("a signed override is served, and an edit of the file is seen by the next requests", async () => {
  const { url, file } = await start();
  const checkout = async (headers: Record<string, string> = {}) =>
    (await (await fetch(url, { headers })).json()).checkout;
  const token = await signOverrides(
    { "new-checkout": "on" },
    { secret, environment: "development" },
  );
  expect([await checkout(), await checkout({ "burgee-overrides": token })]).toEqual(["old", "new"]);
  const set = JSON.parse(await readFile(file, "utf8"));
  Object.assign(set.flags["new-checkout"], { targeting: {}, defaultVariant: "on" });
  await writeFile(file, JSON.stringify(set));
  await vi.waitFor(async () => expect(await checkout()).toBe("new"), 2000);
}, 20_000);
