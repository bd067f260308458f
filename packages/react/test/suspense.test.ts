import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, shows, visit } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

/** A visit whose answers come when they are sent. */
async function held(kind: string, page = "without/suspending") {
  const site = await openSite(bundle);
  let send = () => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  const context = await browser.newContext();
  await context.route(/evaluate\/flags$/, async (route) => {
    await sent;
    await route.continue();
  });
  const visited = await visit(context, `${site.url}${page}?kind=${kind}`);
  return { ...visited, send, context };
}

test.each([
  ["below the provider", "inside"],
  ["around the provider", "outside"],
])(
  "a hook that suspends %s shows its value when it is there, and nothing before",
  async (_name, kind) => {
    const { tab, said, rankings, evaluations, send } = await held(kind);
    await shows(tab, "#waiting", "waiting");
    send();
    await shows(tab, "#ranking", "hybrid");
    expect(await rankings()).toEqual(["hybrid"]);
    expect(evaluations()).toBe(1);
    expect(said).toEqual([]);
  },
);

test("a hook that suspends while the page is being changed resolves, too", async () => {
  const { tab, rankings, send } = await held("mounted");
  await tab.locator("#show").click();
  await shows(tab, "#waiting", "waiting");
  send();
  await shows(tab, "#ranking", "hybrid");
  expect(await rankings()).toEqual(["hybrid"]);
});

test("two providers that wait for two visitors do not get each other's values", async () => {
  const { tab, evaluations, send } = await held("two");
  await shows(tab, "#waiting >> nth=1", "waiting");
  send();
  await shows(tab, "h1 >> nth=0", "The new shop");
  await shows(tab, "h1 >> nth=1", "The shop");
  expect(evaluations()).toBe(2);
});

test("two applications that wait for one visitor have the defaults of their own flags", async () => {
  const { tab, send } = await held("apart");
  await shows(tab, "#waiting >> nth=1", "waiting");
  send();
  await shows(tab, "#ranking", "hybrid");
  await shows(tab, "#theme", "calm");
});

test("a server does not wait: its page has the defaults, and keeps them until the values are there", async () => {
  const { tab, rankings, said, send } = await held("", "rendered/waiting");
  await shows(tab, "#ranking", "bm25");
  send();
  await shows(tab, "#ranking", "hybrid");
  expect(await rankings()).toEqual(["bm25", "hybrid"]);
  expect(said).toEqual([]);
});

test("a server that refuses ends the suspense: the defaults show, and then the values", async () => {
  const { tab, rankings, send, context } = await held("outside");
  await shows(tab, "#waiting", "waiting");
  await context.route(/evaluate\/flags$/, (route) => route.fulfill({ status: 503 }), { times: 1 });
  await tab.reload();
  send();
  await shows(tab, "#ranking", "hybrid");
  expect(await rankings()).toEqual(["bm25", "hybrid"]);
});

test.each([
  ["a server that does not answer", "outside"],
  ["a promise that does not settle", "never"],
])("%s ends the suspense after five seconds: the defaults show", async (_name, kind) => {
  const { tab, rankings } = await held(kind);
  await shows(tab, "#waiting", "waiting");
  await shows(tab, "#ranking", "bm25");
  expect((await rankings())[0]).toBe("bm25");
});
