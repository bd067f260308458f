import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";

const example = fileURLToPath(new URL("..", import.meta.url));
let browser: Browser;

beforeAll(async () => {
  execFileSync("npx", ["turbo", "run", "build", "--output-logs", "errors-only"], { cwd: example });
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
}, 120_000);

afterAll(() => browser?.close());

/** Starts the example with a copy of its flags, and opens its page. */
async function open() {
  const folder = await mkdtemp(join(tmpdir(), "burgee-example-"));
  const file = join(folder, "flags.json");
  await writeFile(file, await readFile(join(example, "flags.json")));
  const child = spawn(process.execPath, ["dist/main.js"], {
    cwd: example,
    env: { ...process.env, PORT: "0", FLAGS: file },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const page = await browser.newPage();
  onTestFinished(async () => {
    await page.close();
    child.kill();
    await rm(folder, { recursive: true });
  });
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  const lines: string[] = [];
  const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
  await once(output, "line");
  await page.goto(lines[0] ?? "");
  return { page, lines, said, file };
}

/** Makes the shop sort its teas by their sales, as an editor does. */
async function sortBySales(file: string) {
  const set = JSON.parse(await readFile(file, "utf8"));
  set.flags["tea-order"].defaultVariant = "by-sales";
  await writeFile(file, JSON.stringify(set));
}

const shows = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
const starts = (page: Page, tea: string) =>
  page.locator(`li:first-child:text-is("${tea}")`).waitFor();

test("an edit of the file shows in the open page", async () => {
  const { page, said, file } = await open();
  await starts(page, "Assam");
  await sortBySales(file);
  await starts(page, "Sencha");
  expect(said).toEqual([]);
}, 20_000);

test("who logs in gets a member's flags, in the open page", async () => {
  const { page, said } = await open();
  await shows(page, "Members learn how to brew.");
  await page.getByText("Log in").click();
  await shows(page, "Three minutes, and never with boiling water.");
  await shows(page, "Welcome back.");
  expect(said).toEqual([]);
}, 20_000);

test("while the flags are out of reach, the page begins with the last ones", async () => {
  const { page, file } = await open();
  await sortBySales(file);
  await starts(page, "Sencha");
  await page.route(/\/flags\//, (route) => route.abort());
  await page.reload();
  await starts(page, "Sencha");
}, 20_000);

test("the server is told which variants were seen", async () => {
  const { lines } = await open();
  await vi.waitFor(
    () => expect(lines.slice(1).join()).toMatch(/seen (tea-order=by-name|brewing-advice=off) /),
    10_000,
  );
}, 20_000);
