import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, shows, visit } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

const committed = (tab: Page) =>
  tab.evaluate(() => (globalThis as unknown as { committed: readonly string[] }).committed);

test("at login the old values stay until the new ones are there, all at once", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/login`);
  await streamOpens();
  await tab.locator("#login").click();
  await shows(tab, "#done", "done");
  expect(await committed(tab)).toEqual(["hybrid false", "hybrid false pending", "hybrid true"]);
});

test("who has logged in stays so when the provider renders again, until its own context changes", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/login`);
  await streamOpens();
  await tab.locator("#login").click();
  await shows(tab, "#shown", "hybrid true");
  await tab.locator("#again").click();
  await shows(tab, "#again", "2");
  await shows(tab, "#shown", "hybrid true");
  await tab.locator("#leave").click();
  await shows(tab, "#shown", "hybrid false");
  expect(await committed(tab)).not.toContain("bm25 false");
});

test("who logs in before anything has read a flag is asked for, also with values of somebody else", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations } = await visit(browser, `${site.url}with/early`);
  await tab.locator("#login").click();
  await shows(tab, "#visitor", "ada");
  expect(evaluations()).toBe(0);
  await tab.locator("#enter").click();
  await shows(tab, "h1", "The new shop");
  expect(evaluations()).toBe(1);
});

test("values of a context that has been left in the meantime are never shown", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/login`);
  await streamOpens();
  let send = () => {};
  const held = new Promise<void>((resolve) => {
    send = resolve;
  });
  await tab.route(/evaluate\/flags$/, async (route) => {
    if (route.request().postData()?.includes("ada")) await held;
    await route.continue();
  });
  await tab.locator("#login").click();
  await tab.locator("#leave").click();
  send();
  await shows(tab, "#done", "done");
  await shows(tab, "#shown", "hybrid false");
  expect(await committed(tab)).not.toContainEqual(expect.stringContaining("true"));
});

test("a login in vain settles, keeps the old values, and is tried again", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/login`);
  await streamOpens();
  await tab.route(/evaluate\/flags$/, (route) => route.abort(), { times: 1 });
  await tab.locator("#login").click();
  await shows(tab, "#done", "done");
  await shows(tab, "#shown", "hybrid true");
  expect(await committed(tab)).toEqual(["hybrid false", "hybrid false pending", "hybrid true"]);
});

test("without values the context's are pending, until the server answers", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}without/login`);
  await shows(tab, "#shown", "hybrid false");
  expect(await committed(tab)).toEqual(["bm25 false pending", "hybrid false"]);
});

test("a context that is no JSON is asked for as nobody, and throws nothing", async () => {
  const site = await openSite(bundle);
  const { tab, said, streamOpens } = await visit(browser, `${site.url}with/login`);
  await streamOpens();
  const asked = tab.waitForRequest(/evaluate\/flags$/);
  await tab.locator("#cycle").click();
  expect((await asked).postData()).toBe("{}");
  await shows(tab, "#shown", "hybrid false");
  expect(said).toEqual([]);
});
