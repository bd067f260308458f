import { writeFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, shows, visit, written } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

const errorsIn = ({ reports }: Awaited<ReturnType<typeof openSite>>) =>
  reports.filter(({ errorType }) => errorType !== undefined).length;

const told = "told" as const;
const toldIn = (tab: Awaited<ReturnType<typeof visit>>["tab"]) =>
  tab.evaluate((name) => (globalThis as unknown as Record<string, readonly string[]>)[name], told);

test("an error in the first render is counted against the variant that was served", async () => {
  const site = await openSite(bundle);
  const arrival = site.nextError();
  const { tab } = await visit(browser, `${site.url}with/failing`);
  await shows(tab, "#failed", "TypeError");
  const report = await arrival;
  expect(report).toMatchObject({ origin: "client", verified: true, errorType: "TypeError" });
  expect(JSON.stringify(report)).not.toContain("ada");
  expect(site.monitor.snapshot().client).toEqual({
    cells: [
      {
        origin: "client",
        flag: "search-ranking",
        variant: "hybrid",
        exposures: 1,
        errors: { TypeError: 1 },
      },
    ],
    unverified: 0,
  });
});

test("an error after a flip is counted against the new variant, on a page that was well", async () => {
  const site = await openSite(bundle);
  let changed = site.nextChange();
  await writeFile(site.path, written("bm25", "off"));
  await changed;
  const { tab, streamOpens } = await visit(browser, `${site.url}with/failing`);
  await shows(tab, "#ranking", "bm25");
  await streamOpens();
  const arrival = site.nextError();
  changed = site.nextChange();
  await writeFile(site.path, written("hybrid", "off"));
  await changed;
  await shows(tab, "#failed", "TypeError");
  await arrival;
  expect(site.monitor.snapshot().client.cells).toMatchObject([
    { flag: "search-ranking", variant: "bm25", exposures: 1, errors: {} },
    { flag: "search-ranking", variant: "hybrid", exposures: 1, errors: { TypeError: 1 } },
  ]);
});

test.each([
  ["outside", "shown", ["new-header", "search-ranking"]],
  ["outside", "left", ["search-ranking"]],
  ["inside", "shown", ["new-header", "search-ranking"]],
  ["inside", "left", ["search-ranking"]],
])(
  "a flag read elsewhere, %s the boundary and %s, is told accordingly",
  async (where, state, keys) => {
    const site = await openSite(bundle);
    let changed = site.nextChange();
    await writeFile(site.path, written("bm25", "off"));
    await changed;
    const { tab, streamOpens } = await visit(browser, `${site.url}with/failing?aside=${where}`);
    await shows(tab, "#ranking", "bm25");
    await streamOpens();
    if (state === "left") await tab.locator("#aside").click();
    const arrival = site.nextError();
    changed = site.nextChange();
    await writeFile(site.path, written("hybrid", "off"));
    await changed;
    const report = await arrival;
    expect(report.flags.map(({ flag }) => flag).sort()).toEqual(keys);
    expect(report.flags).toContainEqual(
      expect.objectContaining({ flag: "search-ranking", variant: "hybrid" }),
    );
  },
);

test("each error is reported once, and one page counts once", async () => {
  const site = await openSite(bundle);
  const first = site.nextError();
  const { tab } = await visit(browser, `${site.url}with/failing`);
  await first;
  const second = site.nextError();
  await tab.locator("#failed").click();
  await second;
  expect(errorsIn(site)).toBe(2);
  expect(await toldIn(tab)).toEqual(["TypeError", "TypeError"]);
  expect(site.monitor.snapshot().client.cells).toMatchObject([{ errors: { TypeError: 1 } }]);
});

test("while the fallback shows flags stay live, so that one turned off mends the page", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/failing`);
  await shows(tab, "#failed", "TypeError");
  await streamOpens();
  const refetched = tab.waitForResponse(/evaluate\/flags$/);
  await writeFile(site.path, written("bm25", "off"));
  await (await refetched).finished();
  await tab.locator("#failed").click();
  await shows(tab, "#ranking", "bm25");
});

test("what is thrown may be anything, and what onError throws goes to the window", async () => {
  const site = await openSite(bundle);
  const arrival = site.nextError();
  const { tab, said } = await visit(browser, `${site.url}with/failing?kind=text`);
  await shows(tab, "#failed", "a text");
  expect(await arrival).toMatchObject({ verified: true, errorType: "_OTHER" });
  expect(said.join("\n")).toContain("of onError");
});

test("an error that a server has counted is shown, and not reported again", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/failing?kind=server`);
  await shows(tab, "#failed", "Error");
  const next = site.nextError();
  await fetch(`${site.url}flags/reports`, { method: "POST", body: '{"error":{}}' });
  expect(await next).toMatchObject({ verified: false });
  expect(errorsIn(site)).toBe(1);
});

test("an error that two boundaries catch is reported once", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/failing?kind=shared`);
  await shows(tab, "#beside", "beside");
  await shows(tab, "#failed", "TypeError");
  const unverified = new Promise<void>((resolve) => {
    site.flags.observe({ reported: ({ verified }) => !verified && resolve() });
  });
  await tab.evaluate(() => fetch("/flags/reports", { method: "POST", body: '{"error":{}}' }));
  await unverified;
  expect(errorsIn(site)).toBe(2); // with the one that the test sent
});

test("a framework's own way out of a render passes", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/failing?kind=navigation`);
  await shows(tab, "#outer", "outer");
  expect(await toldIn(tab)).toEqual([]);
});
