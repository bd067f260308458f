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

type Site = Awaited<ReturnType<typeof openSite>>;

/** Each report's flags, with the variants that the server knows by the receipt. */
const reported = ({ reports }: Site) =>
  reports
    .filter(({ errorType }) => errorType === undefined)
    .map(({ flags }) => flags.map(({ flag, variant }) => `${flag}=${variant}`));

test("a flag that a component on the screen has read is reported, with the receipt's variant", async () => {
  const site = await openSite(bundle);
  const arrival = site.nextExposures();
  await visit(browser, `${site.url}with/exposing`);
  expect(await arrival).toMatchObject({ verified: true, errorType: undefined });
  expect(reported(site)).toEqual([["search-ranking=hybrid"]]);
});

test("flags that come to the screen together are one report, and each is told once", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/exposing`);
  const first = site.nextExposures();
  await tab.locator("#both-of-them").click();
  await shows(tab, "#both", "hybrid false");
  await first;
  await tab.locator("#hide").click();
  await tab.locator("#show").click();
  await shows(tab, "h1", "The shop");
  await leave(tab, site);
  expect(reported(site).flat().sort()).toEqual(["new-header=off", "search-ranking=hybrid"]);
});

test("what a render has read that never came to the screen is no exposure", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/exposing`);
  await shows(tab, "#ranking", "hybrid");
  await tab.locator("#try").click();
  await leave(tab, site);
  expect(reported(site)).toEqual([["search-ranking=hybrid"]]);
});

/** A page whose clock stands still, so that no batch is ever due. */
async function timeless(site: Site, page: string) {
  const context = await browser.newContext();
  await context.clock.install();
  const { tab } = await visit(context, `${site.url}with/${page}?loose`);
  await shows(tab, "#ranking", "hybrid");
  await tab.clock.pauseAt(Date.now() + 60_000);
  await tab.reload();
  await shows(tab, "#ranking", "hybrid");
  return { tab, before: reported(site).length };
}

test("a page that is left reports what was on the screen, though the batch is not due", async () => {
  const site = await openSite(bundle);
  const { tab, before } = await timeless(site, "exposing");
  const arrival = site.nextExposures();
  await tab.goto(`${site.url}without/none`);
  await arrival;
  expect(reported(site).slice(before)).toEqual([["search-ranking=hybrid"]]);
});

test("the last reader that leaves has what it showed reported, though the batch is not due", async () => {
  const site = await openSite(bundle);
  const { tab, before } = await timeless(site, "leaving");
  const arrival = site.nextExposures();
  await tab.locator("#leave").click();
  await arrival;
  expect(reported(site).slice(before)).toEqual([["search-ranking=hybrid"]]);
});

test("values that change come with another receipt, and what is on the screen is told again", async () => {
  const site = await openSite(bundle);
  const first = site.nextExposures();
  const { tab, streamOpens } = await visit(browser, `${site.url}with/exposing`);
  await streamOpens();
  await first;
  const second = site.nextExposures();
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25");
  await second;
  expect(reported(site)).toEqual([["search-ranking=hybrid"], ["search-ranking=bm25"]]);
});

test("without a receipt nothing is told", async () => {
  const site = await openSite(bundle, { receipts: false });
  const { tab } = await visit(browser, `${site.url}with/exposing`);
  await shows(tab, "#ranking", "hybrid");
  await leave(tab, site);
  expect(reported(site)).toEqual([]);
});

test("nothing personal is in a report: keys and a receipt", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}without/exposing`);
  const request = await tab.waitForRequest(/\/reports$/);
  const sent = JSON.parse(request.postData() ?? "");
  expect(sent).toEqual({ receipt: expect.any(String), flags: ["search-ranking"] });
  expect(atob(sent.receipt.split(".")[0].replaceAll("-", "+").replaceAll("_", "/"))).not.toContain(
    "cleo",
  );
  expect(request.headers()["content-type"]).toMatch(/^text\/plain/);
});

test("a visitor who comes again is told of again, and counted once", async () => {
  const site = await openSite(bundle);
  const first = site.nextExposures();
  const { tab } = await visit(browser, `${site.url}without/exposing`);
  await first;
  const second = site.nextExposures();
  await tab.reload();
  await second;
  expect(site.monitor.snapshot().client.cells).toMatchObject([
    { flag: "search-ranking", variant: "hybrid", exposures: 1, errors: {} },
  ]);
});

/** Leaves the page, and waits until what was sent after all that it told has arrived. */
async function leave(tab: Page, site: Site) {
  await tab.goto(`${site.url}without/none`);
  const last = site.nextError();
  await tab.evaluate(() => navigator.sendBeacon("/flags/reports", '{"error":{}}'));
  await last;
}
