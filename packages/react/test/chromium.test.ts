import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFlags, defineFlags } from "@burgee/core";
import { flagRouter } from "@burgee/express";
import { payloadOf, scriptText } from "@burgee/ofrep";
import { fileStore } from "@burgee/stores/file";
import express from "express";
import { type Browser, chromium, type Page } from "playwright-core";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { build } from "vite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { App, clientFlags, type renders } from "./page/app.js";

const page = join(import.meta.dirname, "page");
let bundle: string;
let browser: Browser;

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: page,
    resolve: { conditions: ["@burgee/source", "module", "browser"] },
    build: { write: false, minify: false, rollupOptions: { input: join(page, "main.tsx") } },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  bundle = outputs.map((output) => ("code" in output ? output.code : "")).join("\n");
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
}, 60_000);

afterAll(() => browser?.close());

function written(ranking: "bm25" | "hybrid", header: "on" | "off"): string {
  return JSON.stringify({
    flags: {
      "search-ranking": {
        state: "ENABLED",
        variants: { bm25: "bm25", hybrid: "hybrid" },
        defaultVariant: ranking,
        metadata: { owner: "secret-team" },
      },
      "secret-pricing": { state: "ENABLED", variants: { on: true }, defaultVariant: "on" },
      "new-header": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: header,
        targeting: { if: [{ in: [{ var: "targetingKey" }, ["ada", "secret-user"]] }, "on"] },
      },
    },
  });
}

/** A server of the page, on a flag file; with `hydrated`, it renders the page with the values. */
async function openSite({ hydrated = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "burgee-react-"));
  const path = join(folder, "flags.json");
  await writeFile(path, written("hybrid", "off"));
  const serverFlags = defineFlags({ "secret-pricing": { default: false } });
  const flags = createFlags(
    { ...clientFlags, ...serverFlags },
    { source: fileStore(path), client: clientFlags },
  );
  await flags.ready();
  const router = flagRouter(flags);
  const app = express();
  app.use("/flags", router);
  app.get("/main.js", (_request, response) => void response.type("js").send(bundle));
  app.get("/", (_request, response) => {
    const initial = payloadOf(flags, flags.scope({}));
    const html = renderToString(createElement(App, { initial }));
    const payload = `<script id="payload" type="application/json">${scriptText(initial)}</script>`;
    const root = hydrated ? `<div id="root">${html}</div>${payload}` : `<div id="root"></div>`;
    const head = '<head><link rel="icon" href="data:,"></head>';
    response.send(
      `<!doctype html>${head}<body>${root}<script type="module" src="/main.js"></script>`,
    );
  });

  let server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  onTestFinished(async () => {
    router.close();
    flags.close();
    await stop();
    await rm(folder, { recursive: true });
  });
  return {
    path,
    url: `http://127.0.0.1:${port}/`,
    stop,
    async restart() {
      server = app.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}

/** A page of the browser, and what it says on its console. */
async function visit(url: string) {
  const tab = await browser.newPage();
  onTestFinished(() => tab.close());
  const said: string[] = [];
  tab.on("console", (message) => {
    if (!message.text().includes("Download the React DevTools")) said.push(message.text());
  });
  tab.on("pageerror", (error) => said.push(String(error)));
  await tab.goto(url);
  return { tab, said };
}

async function shows(tab: Page, selector: string, text: string, timeout = 1000): Promise<void> {
  await tab.locator(selector, { hasText: new RegExp(`^${text}$`) }).waitFor({ timeout });
}

function rendersIn(tab: Page): Promise<typeof renders> {
  return tab.evaluate(() => ({
    ...(globalThis as unknown as { renders: typeof renders }).renders,
  }));
}

test("a flip in the file changes the component within a second, and no other renders", async () => {
  const site = await openSite();
  const { tab } = await visit(site.url);
  await shows(tab, "#ranking", "hybrid", 5000);
  const marked = await tab.evaluate(() => Object.assign(globalThis, { reloaded: false }).reloaded);
  const before = await rendersIn(tab);
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25");
  const after = await rendersIn(tab);
  expect(after.header).toBe(before.header);
  expect(after.ranking).toBeGreaterThan(before.ranking);
  await writeFile(site.path, written("bm25", "on"));
  await shows(tab, "h1", "The new shop");
  expect((await rendersIn(tab)).ranking).toBe(after.ranking);
  expect(await tab.evaluate(() => (globalThis as { reloaded?: boolean }).reloaded)).toBe(marked);
});

test("a page rendered with the values hydrates without a warning, and is live", async () => {
  const site = await openSite({ hydrated: true });
  const { tab, said } = await visit(site.url);
  const rendered = await (await fetch(site.url)).text();
  expect(rendered).toContain('<p id="ranking">hybrid</p>');
  await shows(tab, "#ranking", "hybrid");
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25", 5000);
  expect(said).toEqual([]);
});

test("another context has values of its own, without a reload", async () => {
  const site = await openSite({ hydrated: true });
  const { tab } = await visit(site.url);
  await shows(tab, "h1", "The shop", 5000);
  await tab.locator("button").click();
  await shows(tab, "h1", "The new shop");
});

test("with the server stopped the page keeps its values, and follows again when it is back", async () => {
  const site = await openSite();
  const { tab } = await visit(site.url);
  await shows(tab, "#ranking", "hybrid", 5000);
  await site.stop();
  await writeFile(site.path, written("bm25", "on"));
  await shows(tab, "#ranking", "hybrid");
  await site.restart();
  await shows(tab, "#ranking", "bm25", 15_000);
  await shows(tab, "h1", "The new shop");
}, 30_000);

test("no rule, no metadata and no server flag is in the bundle, the page or an answer", async () => {
  const site = await openSite({ hydrated: true });
  const html = await (await fetch(site.url)).text();
  const all = `${site.url}flags/ofrep/v1/evaluate/flags`;
  const answers = await Promise.all(
    [all, `${all}/search-ranking`].map(async (url) =>
      (await fetch(url, { method: "POST" })).text(),
    ),
  );
  for (const text of [bundle, html, ...answers]) {
    expect(text).toContain("search-ranking");
    expect(text).not.toMatch(/secret|fractional|targeting"/);
  }
});
