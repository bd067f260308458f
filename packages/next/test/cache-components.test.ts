import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Cell } from "@burgee/monitor";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "./free-port.js";

const application = join(import.meta.dirname, "cache-components");
const repository = join(import.meta.dirname, "../../..");
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };

let folder: string;
let file: string;
let url: string;
let stop: () => Promise<void>;
const complaints: string[] = [];

beforeAll(async () => {
  const parts = ["next", "stores", "monitor", "opentelemetry"];
  const filters = parts.map((name) => `--filter=@burgee/${name}`);
  const turbo = ["turbo", "run", "build", "--output-logs", "errors-only", ...filters];
  execFileSync("npx", turbo, { cwd: repository });
  execFileSync(process.execPath, [next, "build", "."], { cwd: application, env });
  folder = await mkdtemp(join(tmpdir(), "burgee-next-"));
  file = join(folder, "flags.json");
  await copyFile(join(application, "flags.json"), file);
  await start();
}, 180_000);

afterAll(async () => {
  await stop?.();
  await rm(folder, { recursive: true });
});

async function start(): Promise<void> {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [next, "start", ".", "-p", String(port)], {
    cwd: application,
    env: { ...env, FLAGS: file },
    stdio: ["ignore", "pipe", "pipe"],
  });
  createInterface(server.stderr).on("line", (line) => complaints.push(line));
  stop = async () => {
    server.kill();
    await once(server, "exit");
  };
  for await (const line of createInterface(server.stdout)) if (line.includes("Ready")) break;
  server.stdout.resume();
}

/** What a page shows to a user, in the element of that id. */
async function shown(path: string, id: string, user = "bob"): Promise<string | undefined> {
  const html = await (await fetch(`${url}${path}`, { headers: { cookie: `user=${user}` } })).text();
  return new RegExp(`<p id="${id}">(.*?)</p>`).exec(html)?.[1]?.replaceAll("<!-- -->", "");
}

async function setHours(hours: "usual" | "holidays"): Promise<void> {
  const { flags } = JSON.parse(await readFile(file, "utf8"));
  flags["opening-hours"].defaultVariant = hours;
  await writeFile(file, JSON.stringify({ flags }));
}

test("a page with a static flag and a user's flag has both, each from its own time", async () => {
  expect(await shown("/", "hours")).toBe("usual");
  expect(await shown("/", "offers", "ada")).toBe("true");
  expect(await shown("/", "offers", "bob")).toBe("false");
});

test("a value that is an argument of what is cached: one copy for each variant", async () => {
  const ada = await shown("/offers", "offers", "ada");
  expect(ada).toMatch(/^new /);
  expect(await shown("/offers", "offers", "eve")).toBe(ada);
  expect(await shown("/offers", "offers", "bob")).toMatch(/^old /);
});

test("an error is counted against the variant that its request has read, with its trace", async () => {
  await shown("/fails", "offers", "ada");
  await shown("/fails", "offers", "bob");
  await vi.waitFor(async () => {
    const { cells, traces } = await (await fetch(`${url}/monitor`)).json();
    const failed = cells.filter(({ failedTraces }: Cell) => failedTraces.length > 0);
    expect(failed).toMatchObject([{ variant: "on", errors: { RangeError: 1 } }]);
    expect(failed[0].failedTraces.map((id: string) => traces[id])).toEqual(["/fails"]);
  });
});

test("a flip renews the shell, and what is cached under the flag's tag, also after a restart", async () => {
  const both = async () => [await shown("/", "hours"), await shown("/hours", "hours")];
  expect(await both()).toEqual(["usual", "usual"]);
  await setHours("holidays");
  await vi.waitFor(async () => expect(await both()).toEqual(["holidays", "holidays"]), 3000);
  await stop();
  await setHours("usual");
  await start();
  await vi.waitFor(async () => expect(await both()).toEqual(["usual", "usual"]), 3000);
  expect(complaints.filter((line) => line.includes("while prerendering"))).toEqual([]);
}, 20_000);
