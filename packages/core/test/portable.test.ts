import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { EdgeRuntime } from "edge-runtime";
import { chromium } from "playwright-core";
import { build } from "vite";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { answers } from "./portable/answers.js";

/** The core and the cases in one script, which puts them into `portable`. */
let bundle: string;
let modules: string[];
/** What is run where the bundle was, and gives the answers as JSON. */
const ask = "JSON.stringify(portable.answers())";
/** The answers here, as JSON carries them. */
const expected = JSON.parse(JSON.stringify(answers()));

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: import.meta.dirname,
    resolve: { conditions: ["@burgee/source"] },
    build: {
      write: false,
      minify: true,
      target: "es2022",
      lib: {
        entry: join(import.meta.dirname, "portable/answers.ts"),
        formats: ["iife"],
        name: "portable",
      },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const chunks = outputs.filter((output) => output.type === "chunk");
  bundle = chunks.map(({ code }) => code).join("\n");
  modules = chunks.flatMap(({ moduleIds, imports }) => [...moduleIds, ...imports]);
}, 60_000);

test("the cases are decided: each flag at least once by its rule, but for those that cannot be", () => {
  const { evaluated, scoped, seen } = answers();
  const variants = new Set(evaluated.map(({ variant }) => variant));
  for (const name of ["on", "off", "small", "large", "some", "6", "naïve-π", "-π"]) {
    expect([...variants]).toContain(name);
  }
  expect(new Set(evaluated.map(({ errorCode }) => errorCode))).toEqual(
    new Set([undefined, "PARSE_ERROR", "GENERAL"]),
  );
  expect(evaluated.some(({ split }) => split !== undefined)).toBe(true);
  expect(scoped.flat()).toContainEqual({ size: 50 });
  expect(seen).toContain("segment=on");
});

test("the bundle makes no code of texts, and imports nothing", () => {
  expect(bundle).toContain("fractional");
  expect(bundle).not.toMatch(/\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(/);
  const core = dirname(import.meta.dirname);
  expect(modules.filter((id) => !id.startsWith(core))).toEqual([]);
  expect(bundle).not.toMatch(/["']node:|\brequire\s*\(|\bimport\s*\(/);
});

test("Node answers the same where code may not be made of texts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "burgee-portable-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = join(folder, "bundle.cjs");
  const refuses = `let refuses = false; try { new Function("") } catch { refuses = true }`;
  await writeFile(
    script,
    `${bundle}\n${refuses}\nconsole.log("[" + refuses + "," + ${ask} + "]");`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--disallow-code-generation-from-strings",
    script,
  ]);
  expect(JSON.parse(stdout)).toEqual([true, expected]);
});

test("an Edge runtime answers the same", () => {
  const runtime = new EdgeRuntime();
  runtime.evaluate(bundle);
  expect(runtime.evaluate("typeof process + typeof require")).toBe("undefinedundefined");
  expect(JSON.parse(runtime.evaluate(ask))).toEqual(expected);
});

test("Chromium answers the same, on a page that forbids to make code of texts", async () => {
  const server = createServer((request, response) => {
    const isScript = request.url === "/bundle.js";
    response.setHeader("content-security-policy", "script-src 'self'");
    response.setHeader("content-type", `text/${isScript ? "javascript" : "html"}; charset=utf-8`);
    response.end(isScript ? bundle : '<!doctype html><script src="/bundle.js"></script>');
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  onTestFinished(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(JSON.parse(await page.evaluate(ask))).toEqual(expected);
  expect(said).toEqual([]);
}, 30_000);
