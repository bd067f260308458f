import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { beforeAll, expect, onTestFinished, test } from "vitest";

const example = fileURLToPath(new URL("..", import.meta.url));

beforeAll(() => {
  execFileSync("npx", ["turbo", "run", "build", "--output-logs", "errors-only"], { cwd: example });
}, 120_000);

/** Runs the example; its lines, as they come. */
function run(...options: string[]) {
  const child = spawn(process.execPath, ["dist/main.js", ...options], {
    cwd: example,
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const output = createInterface(child.stdout);
  output.on("line", (line) => lines.push(line));
  return { child, lines, output };
}

test("the new checkout is released, fails for its customers alone, and is tripped by its guard", async () => {
  const { child, lines } = run("--seconds", "24");
  const [code] = await once(child, "close");
  const text = lines.join("\n");
  expect(code, text).toBe(0);
  expect(text).toMatch(
    /50 % on +│ off +\d+ requests +0\.0 % errors .*│ on +\d+ requests +\d+\.\d % errors/,
  );
  expect(text).toMatch(/tripped +│ off +\d+ requests +0\.0 % errors .*│ on +–/);
  expect(text).toMatch(
    /new-checkout +on +\/fractional#\w+ +\d+ +[1-9]\d* .* PaymentMismatch [1-9]/,
  );
  expect(text).not.toMatch(/new-checkout +off .*PaymentMismatch/);
  expect(text).toMatch(/The guard tripped it \d+\.\d s later, by itself/);
  expect(text).toMatch(/It failed [1-9]\d* times, and 0 times from a second later on/);
  expect(text).toMatch(/Evidence against on: [1-9]\d{2,}.*; 100 trips\./);
  expect(text).toMatch(/Its last failed traces: ([0-9a-f]{32}, ){4}[0-9a-f]{32}\n/);
  const [, entry = ""] = /The audit entry: (\{[^}]+\})/.exec(text) ?? [];
  expect(JSON.parse(entry)).toMatchObject({
    kind: "guard",
    actor: "guard",
    reason: expect.stringMatching(/^new-checkout=on fails more often than off: E .*Traces: /),
  });
  expect(text).toMatch(
    /The last failure, trace [0-9a-f]{32}:\nPOST \/checkout .*feature_flags\.new-checkout=on {2}failed\n {2}bank\.book .*feature_flags\.new-checkout=on/,
  );
  const spans = (await readFile(/Its spans go to (.+)/.exec(text)?.[1] ?? "", "utf8"))
    .trim()
    .split("\n");
  expect(spans.length).toBeGreaterThan(500);
  expect(spans.every((line) => "traceId" in JSON.parse(line))).toBe(true);
  expect(spans.join()).not.toMatch(/user-\d/); // the targeting key is on no span
  const flagFile = /Its flags are in (.+)/.exec(text)?.[1] ?? "";
  expect(existsSync(flagFile)).toBe(false);
}, 60_000);

test("a healthy checkout is not tripped, though both fail now and then", async () => {
  const { child, lines } = run("--seconds", "12", "--healthy");
  const [code] = await once(child, "close");
  const text = lines.join("\n");
  expect(code, text).toBe(0);
  expect(lines.filter((line) => /^ +\d+ s /.test(line))).toHaveLength(12);
  expect(text).toMatch(/new-checkout +off +\/fractional.* BankUnavailable [1-9]/);
  expect(text).toMatch(/new-checkout +on +\/fractional.* BankUnavailable [1-9]/);
  expect(text).toContain("The guard did not trip it.");
  expect(text).not.toContain("The audit entry");
}, 60_000);

test("the page has the shop under its flags, hydrates without a warning, and follows the release", async () => {
  const { child, lines, output } = run("--seconds", "6", "--stay");
  await once(output, "line");
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(/http:\S+/.exec(lines[0] ?? "")?.[0] ?? "");
  await page.locator("h1", { hasText: "The tea shop" }).waitFor();
  await page.locator("[data-from='/variants']", { hasText: "search-ranking" }).waitFor();
  while (!lines.some((line) => line.includes("as you like"))) await once(output, "line");

  const file = /Its flags are in (.+)/.exec(lines.join("\n"))?.[1] ?? "";
  const set = JSON.parse(await readFile(file, "utf8"));
  Object.assign(set.flags["new-checkout"], { targeting: {}, defaultVariant: "on" });
  await writeFile(file, JSON.stringify(set));
  await page.locator("button", { hasText: "Check out, the new way" }).waitFor({ timeout: 1000 });
  await page
    .locator("[data-from='/last-failure']", { hasText: /bank\.book.*new-checkout=on/ })
    .waitFor();
  expect(said).toEqual([]);
  child.kill("SIGINT");
  await once(child, "close");
}, 60_000);

test("with --stay the shop stays open until it is told to close", async () => {
  const { child, lines, output } = run("--seconds", "6", "--stay", "--healthy");
  while (!lines.some((line) => line.includes("as you like"))) await once(output, "line");
  const url = /http:\S+/.exec(lines[0] ?? "")?.[0] ?? "";
  expect((await fetch(`${url}/search?q=tea`)).status).toBe(200);
  child.kill("SIGINT");
  expect(await once(child, "close")).toEqual([0, null]);
}, 60_000);

test("a length that is no number is refused, saying so", async () => {
  const { child, lines } = run("--seconds", "soon");
  expect(await once(child, "close")).toEqual([1, null]);
  expect(lines.join()).toContain("--seconds takes a number, 6 or more");
});
