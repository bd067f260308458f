import { writeFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, shows, visit, written } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

/** What the page tells, each flag once. */
const told = (tab: Page) =>
  tab.evaluate(() => {
    const { shown } = globalThis as unknown as { shown(): readonly [string, string][] };
    return Object.fromEntries(shown());
  });

test("it tells of what is on the screen: a flag until the last that has read it leaves, in the variant it has now", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/shown`);
  await streamOpens();
  expect(await told(tab)).toEqual({ "new-header": "off", "search-ranking": "hybrid" });
  await tab.locator("#leave").click();
  await shows(tab, "#leave", "1");
  expect(await told(tab)).toEqual({ "new-header": "off", "search-ranking": "hybrid" });
  await writeFile(site.path, written("bm25", "on"));
  await shows(tab, "#ranking", "bm25");
  expect(await told(tab)).toEqual({ "new-header": "on", "search-ranking": "bm25" });
  await tab.locator("#leave").click();
  await shows(tab, "#leave", "0");
  expect(await told(tab)).toEqual({ "search-ranking": "bm25" });
});
