import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, shows, visit } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

/** A browser that has seen the page, and whose server is then out of reach. */
async function offline() {
  const site = await openSite(bundle);
  const context = await browser.newContext();
  const page = `${site.url}without/stored`;
  const { tab } = await visit(context, page);
  await shows(tab, "#ranking", "hybrid");
  await context.route(/\/flags\//, (route) => route.abort());
  return { context, page, tab };
}

test("without the server a page begins with the last values it had", async () => {
  const { context, page } = await offline();
  const { tab, rankings } = await visit(context, page);
  await shows(tab, "#ranking", "hybrid");
  expect(await rankings()).toEqual(["hybrid"]);
});

test("another visitor of that browser gets none of them, but the defaults", async () => {
  const { context, page } = await offline();
  const { tab, rankings } = await visit(context, `${page}?visitor=ada`);
  await shows(tab, "#ranking", "bm25");
  expect(await rankings()).toEqual(["bm25"]);
});

test.each([
  ["garbage", "}{"],
  ["values of an older application", '"hybrid"→{"now":"an object"}'],
])("where %s is stored the defaults show, and nothing throws", async (_name, change) => {
  const { context, page, tab } = await offline();
  await tab.evaluate((text) => {
    const [from, to] = text.split("→");
    const kept = localStorage.getItem("burgee") ?? "";
    const changed = from && to ? kept.replaceAll(`"value":${from}`, `"value":${to}`) : text;
    localStorage.setItem("burgee", changed);
  }, change);
  const { tab: next, said } = await visit(context, page);
  await shows(next, "#ranking", "bm25");
  expect(said.filter((text) => !text.includes("ERR_FAILED"))).toEqual([]);
});

test("what is stored names nobody, and holds no receipt", async () => {
  const { tab } = await offline();
  const kept = await tab.evaluate(() => localStorage.getItem("burgee"));
  expect(Object.keys(JSON.parse(kept ?? "")).sort()).toEqual(["asked", "flags"]);
  expect(kept).not.toContain("nobody");
});

test("a browser that blocks storage shows the defaults, and then the values", async () => {
  const site = await openSite(bundle);
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("blocked", "SecurityError");
      },
    });
  });
  const { tab, rankings, said } = await visit(context, `${site.url}without/stored`);
  await shows(tab, "#ranking", "hybrid");
  expect(await rankings()).toEqual(["bm25", "hybrid"]);
  expect(said).toEqual([]);
});

test("a page that a server rendered with the defaults hydrates, and then shows what is stored", async () => {
  const { context, tab: first } = await offline();
  const page = first.url().replace("without", "rendered");
  const { tab, rankings, said } = await visit(context, page);
  await shows(tab, "#ranking", "hybrid");
  expect(await rankings()).toEqual(["bm25", "hybrid"]);
  expect(said.filter((text) => !text.includes("ERR_FAILED"))).toEqual([]);
});
