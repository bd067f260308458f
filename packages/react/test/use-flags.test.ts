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

/** What the page has put on the screen, each step once. */
const committed = (tab: Page) =>
  tab.evaluate(() => {
    const { committed: all } = globalThis as unknown as { committed: readonly string[] };
    return all.filter((step, index) => all.indexOf(step) === index);
  });

test.each([
  ["change", ""],
  ["change", "?loose"],
  ["transition", ""],
])("a changed flag key has its own value in the same render (%s %s)", async (button, mode) => {
  const site = await openSite(bundle);
  const { tab, said } = await visit(browser, `${site.url}with/keyed${mode}`);
  await shows(tab, "#shown >> nth=0", "search-ranking=hybrid");
  await tab.locator(`#${button}`).click();
  await shows(tab, "#shown >> nth=0", "new-header=false");
  expect(await committed(tab)).toEqual([
    "search-ranking=hybrid",
    "deferred: search-ranking=hybrid",
    "group: search-ranking=hybrid",
    "new-header=false",
    "group: new-header=false",
  ]);
  expect(said).toEqual([]);
});

test("a deferred flag key has its own value, too", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/keyed`);
  await shows(tab, "#shown >> nth=1", "search-ranking=hybrid");
  await tab.locator("#defer").click();
  await shows(tab, "#shown >> nth=1", "new-header=false");
  expect((await committed(tab)).filter((step) => step.startsWith("deferred"))).toEqual([
    "deferred: search-ranking=hybrid",
    "deferred: new-header=false",
  ]);
});

interface Memoised {
  readonly counts: Readonly<Record<"ranking" | "header" | "both" | "context", number>>;
  readonly groups: ReadonlySet<object>;
}

const counted = (tab: Page) =>
  tab.evaluate(() => {
    const { counts, groups } = globalThis as unknown as Memoised;
    return { ...counts, groups: groups.size };
  });

test("a provider that renders again renders none of the components below it", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens, evaluations } = await visit(browser, `${site.url}with/memoised`);
  await streamOpens();
  const before = await counted(tab);
  await tab.locator("#again").click();
  await shows(tab, "#again", "2");
  expect(await counted(tab)).toEqual(before);
  expect(evaluations()).toBe(0);
});

test("a flag that changes renders its own readers, once, and no other", async () => {
  const site = await openSite(bundle);
  const { tab, streamOpens } = await visit(browser, `${site.url}with/memoised?loose`);
  await streamOpens();
  const before = await counted(tab);
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25");
  await shows(tab, "#both", "bm25 false");
  expect(await counted(tab)).toEqual({
    ...before,
    ranking: before.ranking + 1,
    both: before.both + 1,
    groups: before.groups + 1,
  });
});

test("the values of several flags are one object until one of them changes", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}with/memoised?loose`);
  await shows(tab, "#both", "hybrid false");
  await tab.locator("#again").click();
  await shows(tab, "#again", "2");
  expect((await counted(tab)).groups).toBe(1);
});

test("after hydration they are the same object still, and nothing renders again", async () => {
  const site = await openSite(bundle);
  const { tab, said, streamOpens } = await visit(browser, `${site.url}rendered/memoised?loose`);
  await streamOpens();
  await tab.locator("#again").click();
  await shows(tab, "#again", "2");
  expect(await counted(tab)).toEqual({ ranking: 1, header: 1, both: 1, context: 1, groups: 1 });
  expect(said).toEqual([]);
});
