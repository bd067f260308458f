import { writeFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, rendersIn, shows, visit, written } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

test("a flip in the file changes the component in the open page, and no other renders", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, site.url);
  await shows(tab, "#ranking", "hybrid");
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

test("a page rendered with the values hydrates without a flicker or a warning, and is live", async () => {
  const site = await openSite(bundle);
  const { tab, said, rankings } = await visit(browser, `${site.url}hydrated`);
  const rendered = await (await fetch(`${site.url}hydrated`)).text();
  expect(rendered).toContain('<p id="ranking">hybrid</p>');
  await shows(tab, "#ranking", "hybrid");
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25");
  expect(await rankings()).toEqual(["hybrid", "bm25"]);
  expect(said).toEqual([]);
});

test("a page that was rendered with the values asks for none until one has changed", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations, streamOpens } = await visit(browser, `${site.url}hydrated`);
  await streamOpens();
  expect(evaluations()).toBe(0);
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25");
  expect(evaluations()).toBe(1);
});

test("of a server that does not say how far a page has followed, the page asks at once", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}plain`);
  await Promise.all([tab.waitForResponse(/evaluate\/flags$/), streamOpens()]);
});

test("a change whose values could not be had is asked for again", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}hydrated`);
  await streamOpens();
  await tab.route(/evaluate\/flags$/, (route) => route.fulfill({ status: 503 }), { times: 1 });
  const refused = tab.waitForResponse((response) => response.status() === 503);
  await writeFile(site.path, written("bm25", "off"));
  await refused;
  await shows(tab, "#ranking", "bm25");
}, 20_000);

test("a page without values asks for them once", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations, streamOpens } = await visit(browser, site.url);
  await shows(tab, "#ranking", "hybrid");
  await streamOpens();
  expect(evaluations()).toBe(1);
});

test("a flip between a page's render and its stream is shown", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations } = await visit(browser, `${site.url}hydrated?held`);
  await shows(tab, "#ranking", "hybrid");
  const changed = site.nextChange();
  await writeFile(site.path, written("bm25", "off"));
  await changed;
  site.sendScript();
  await shows(tab, "#ranking", "bm25");
  expect(evaluations()).toBe(1);
});

test("another context has values of its own, without a reload", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}hydrated`);
  await streamOpens();
  await shows(tab, "h1", "The shop");
  await tab.locator("button").click();
  await shows(tab, "h1", "The new shop");
});

test("with the server stopped the page keeps its values, and follows again when it is back", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, site.url);
  await shows(tab, "#ranking", "hybrid");
  await site.stop();
  await writeFile(site.path, written("bm25", "on"));
  await shows(tab, "#ranking", "hybrid");
  await site.restart();
  await shows(tab, "#ranking", "bm25");
  await shows(tab, "h1", "The new shop");
}, 30_000);

test("a stream that is opened again has the page ask for nothing if nothing has changed", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations, streamOpens } = await visit(browser, `${site.url}hydrated`);
  await streamOpens();
  await site.stop();
  await site.restart();
  await tab.waitForFunction(() => (globalThis as unknown as { opened: number }).opened > 1);
  expect(evaluations()).toBe(0);
}, 15_000);

test("no rule, no metadata and no server flag is in the bundle, the page or an answer", async () => {
  const site = await openSite(bundle);
  const html = await (await fetch(`${site.url}hydrated`)).text();
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
