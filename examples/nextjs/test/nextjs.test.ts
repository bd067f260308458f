import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { createRuleset } from "@burgee/core";
import { signOverrides } from "@burgee/core/signed";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { buildShop, example } from "./build-shop.js";
import { type OpenShop, openShop } from "./open-shop.js";

let report: string;
let browser: Browser;

beforeAll(async () => {
  report = buildShop();
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
}, 240_000);

afterAll(() => browser?.close());

vi.setConfig({ testTimeout: 60_000 });

/** A tab of a browser, what it says on its console, and what it asks for. */
async function visit({ url }: OpenShop, path: string, user: string) {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  await context.addCookies([{ name: "user", value: user, url }]);
  const tab = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  tab.on("pageerror", (error) => said.push(String(error)));
  tab.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await tab.goto(url + path);
  return { tab, said, asked };
}

async function shows(tab: Page, selector: string, text: string, timeout = 1000): Promise<void> {
  await tab.locator(selector, { hasText: new RegExp(`^${text}$`) }).waitFor({ timeout });
}

/** The text of an element that has an id, in a page as it was sent. */
function sent(html: string, id: string): string | undefined {
  return new RegExp(` id="${id}"[^>]*>([^<]*)<`).exec(html)?.[1];
}

/** What a visitor has to see. */
async function expectation(shop: OpenShop) {
  const ruleset = createRuleset(await shop.flagSet());
  return (user: string) => {
    const context = { targetingKey: user };
    const ranking = ruleset.evaluate("search-ranking", "words", context).value;
    const isNew = ruleset.evaluate("new-header", false, context).value;
    const first = ranking === "popular" ? "tea cup" : "green tea";
    return {
      title: isNew ? "The new tea shop" : "The tea shop",
      header: isNew ? "The new tea shop" : "The tea shop",
      ranking: `${isNew ? "Now by" : "By"} ${ranking}`,
      products: `Products by ${ranking}`,
      recommended: `By ${ranking}: ${first}`,
    };
  };
}

const parts = ["header", "ranking", "products", "recommended"];

test("a page without flags and one whose flag is the same for everybody are static, others are made for each request", () => {
  for (const path of ["/about", "/opening-hours"]) expect(report).toMatch(new RegExp(`○ ${path}`));
  expect(report).toMatch(/● \/\S+\/deals/);
  for (const path of ["/", "/cart", "/search", "/legacy"]) {
    expect(report).toMatch(new RegExp(`ƒ ${path}\\s`));
  }
});

test("what the server sends is what the hydrated page shows, for 200 users, without a warning", async () => {
  const shop = await openShop();
  const expected = await expectation(shop);
  const users = Array.from({ length: 200 }, () => crypto.randomUUID());
  const said: string[] = [];

  async function tab(): Promise<void> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    for (let user = users.pop(); user !== undefined; user = users.pop()) {
      await context.addCookies([{ name: "user", value: user, url: shop.url }]);
      const response = await page.goto(shop.url, { waitUntil: "commit" });
      const texts = Promise.all([response?.text(), page.evaluate(hydrated, parts)]);
      const [html, shown] = await texts.catch((error) => {
        throw new Error(`${error}. The page said: ${said.join("\n")}`);
      });
      expect(sentTexts(html ?? "")).toEqual(expected(user));
      expect(shown).toEqual(expected(user));
    }
  }
  await Promise.all([tab(), tab(), tab(), tab()]);
  expect(said).toEqual([]);
});

function sentTexts(html: string) {
  const title = /<title>([^<]*)</.exec(html)?.[1];
  return { title, ...Object.fromEntries(parts.map((id) => [id, sent(html, id)])) };
}

/** Runs in the browser: the texts of a page once React has taken its client components over. */
async function hydrated(ids: readonly string[]) {
  const find = (id: string) => document.getElementById(id);
  const isHydrated = () =>
    ids.every(find) &&
    Object.keys(find("ranking") ?? {}).some((name) => /^__reactProps/.test(name));
  const began = performance.now();
  while (!isHydrated()) {
    if (performance.now() - began > 10_000) throw new Error("React has not come");
    await new Promise((again) => setTimeout(again, 5));
  }
  const texts = Object.fromEntries(ids.map((id) => [id, find(id)?.textContent]));
  return { title: document.title, ...texts };
}

test("a flip shows in an open page within a second, which asked for nothing before and was not loaded again", async () => {
  const shop = await openShop();
  await shop.flip("search-ranking", "words");
  await shop.flip("new-header", "off");
  await vi.waitFor(async () => expect(await shop.text("/")).toContain("By words"));
  const { tab, said, asked } = await visit(shop, "/", "bob");
  const stream = "/flags/ofrep/v1/events";
  await vi.waitFor(() => expect(asked).toContain(stream));
  await shows(tab, "#ranking", "By words");
  await tab.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  const evaluations = () => asked.filter((path) => path.includes("/evaluate/")).length;
  expect(evaluations()).toBe(0);
  await shop.flip("search-ranking", "popular");
  await shows(tab, "#ranking", "By popular");
  expect(evaluations()).toBe(1);
  await shop.flip("new-header", "on");
  await shows(tab, "#ranking", "Now by popular");
  expect(await tab.evaluate(() => "sameDocument" in globalThis)).toBe(true);
  expect(said).toEqual([]);
});

test("a flip is seen by the static page that reads the flag, also where it came while the server was down", async () => {
  const shop = await openShop();
  const hours = async () => sent(await shop.text("/opening-hours"), "hours");
  const opens = () => vi.waitFor(async () => expect(await hours()).toBe("Open from 9 to 5"), 5000);
  await opens();
  await shop.flip("holiday", "on");
  await vi.waitFor(async () => expect(await hours()).toBe("Closed for the holidays"), 5000);
  await shop.close();
  await shop.flip("holiday", "off");
  await shop.reopen();
  await opens();
});

test("a visitor gets the static page of the deals that was made for the visitor's flags", async () => {
  const shop = await openShop();
  const expected = await expectation(shop);
  for (const user of ["ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal"]) {
    const html = await shop.text("/deals", user);
    const { header, recommended } = expected(user);
    expect(sent(html, "header")).toBe(header.startsWith("The new") ? "The new deals" : "Deals");
    expect(sent(html, "deal")).toBe(`Today: ${recommended.split(": ")[1]}`);
  }
  const response = await shop.ask("/deals");
  expect(response.headers.get("x-nextjs-cache")).toBe("HIT");
  const guessed = await shop.ask("/0-guessed/deals");
  expect([guessed.status, guessed.headers.get("location")]).toEqual([307, "/deals"]);
  expect(response.headers.get("cache-control")).toBe("private, no-cache");
});

/** Sends a form's action, as a browser without JavaScript does. */
async function submit(shop: OpenShop, path: string, user: string) {
  const id = /name="(\$ACTION_ID_\w+)"/.exec(await shop.text(path, user))?.[1] ?? "";
  const body = new FormData();
  body.append(id, "");
  return shop.ask(path, user, { method: "POST", body });
}

/** Sends an action as React does. */
async function act(shop: OpenShop, path: string, user: string) {
  const id = /name="\$ACTION_ID_(\w+)"/.exec(await shop.text(path, user))?.[1] ?? "";
  const headers = { "next-action": id, "content-type": "text/plain;charset=UTF-8" };
  return shop.ask(path, user, { method: "POST", headers, body: "[]" });
}

test("what throws under a variant is counted against it, wherever it throws", async () => {
  const shop = await openShop();
  const failing: Record<string, (user: string) => Promise<Response>> = {
    "before anything is sent": (user) => shop.ask("/trouble/page", user),
    "after streaming began": (user) => shop.ask("/trouble/streamed", user),
    "in a route": (user) => shop.ask("/trouble/route", user),
    "in a form's action": (user) => submit(shop, "/trouble/action", user),
    "in an action": (user) => act(shop, "/trouble/action", user),
    "in the proxy": (user) => shop.ask("/trouble/on-the-way", user),
  };
  let failed = 0;
  for (const [where, fail] of Object.entries(failing)) {
    failed++;
    const { status } = await fail("ada").then(read);
    await fail("bob").then(read);
    expect(status, where).toBe(where === "after streaming began" ? 200 : 500);
    await vi.waitFor(async () =>
      expect(await bothSides(shop), where).toEqual({
        on: { exposures: failed, errors: { NewCheckoutFailed: failed }, aborted: 0 },
        off: { exposures: failed, errors: {}, aborted: 0 },
      }),
    );
  }
});

async function bothSides(shop: OpenShop) {
  return {
    on: await shop.count("new-checkout", "on"),
    off: await shop.count("new-checkout", "off"),
  };
}

async function read(response: Response): Promise<Response> {
  await response.text();
  return response;
}

test("a redirect and a page that is not found are no errors", async () => {
  const shop = await openShop();
  const moved = await shop.ask("/trouble/moved", "ada").then(read);
  expect([moved.status, moved.headers.get("location")]).toEqual([307, "/about"]);
  expect((await shop.ask("/trouble/missing", "ada").then(read)).status).toBe(404);
  await vi.waitFor(async () =>
    expect(await shop.count("new-checkout", "on")).toEqual({
      exposures: 2,
      errors: {},
      aborted: 0,
    }),
  );
});

test("a request whose visitor has left is no error, even if it fails later", async () => {
  const shop = await openShop();
  const leaving = new AbortController();
  const response = await shop.ask("/trouble/slow", "ada", { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await vi.waitFor(async () => expect((await shop.state()).noted.late).toBe(1), 5000);
  expect(await shop.count("new-checkout", "on")).toEqual({ exposures: 1, errors: {}, aborted: 1 });
});

test("after() has the flags that its request had", async () => {
  const shop = await openShop();
  const paths = ["/trouble/later", "/trouble/after"];
  await Promise.all(paths.flatMap((path) => [shop.text(path, "ada"), shop.text(path, "bob")]));
  await vi.waitFor(async () =>
    expect((await shop.state()).noted.after).toEqual({
      "ada, in a page": true,
      "bob, in a page": false,
      "ada, in a route": true,
      "bob, in a route": false,
    }),
  );
});

test("users never mix: 1,500 requests over 100 connections, all at once", async () => {
  const shop = await openShop();
  const expected = await expectation(shop);
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  onTestFinished(() => agent.destroy());
  const ask = (path: string, user: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = { cookie: `user=${user}` };
      get(shop.url + path, { agent, headers }, async (response) => {
        response.setEncoding("utf8");
        resolve((await response.toArray()).join(""));
      }).on("error", reject);
    });
  const users = Array.from({ length: 500 }, (_, index) => `user-${index % 20}`);
  await Promise.all(
    users.flatMap((user) => {
      const { ranking, ...page } = expected(user);
      const word = ranking.split(" ").at(-1);
      return [
        ask("/", user).then((html) => expect(sentTexts(html)).toEqual({ ranking, ...page })),
        ask("/search", user).then((json) => expect(JSON.parse(json).ranking).toBe(word)),
        ask("/legacy", user).then((html) => expect(sent(html, "ranking")).toBe(ranking)),
      ];
    }),
  );
});

test("what a client component reads while the server renders it is an exposure of its request", async () => {
  const shop = await openShop();
  await shop.text("/cart"); // there nothing but a client component reads the ranking
  await vi.waitFor(async () => {
    const { cells } = await shop.snapshot();
    const read = cells.filter(({ flag }) => flag === "search-ranking");
    expect(read).toMatchObject([{ exposures: 1 }]);
  });
});

test("the proxy, components, routes, actions and the Pages Router have one Flags and one monitor", async () => {
  const shop = await openShop();
  const paths = ["/", "/cart", "/search", "/deals", "/legacy", "/api/legacy", "/opening-hours"];
  for (const path of paths) expect((await shop.ask(path).then(read)).status).toBe(200);
  await submit(shop, "/trouble/action", "bob");
  const asked = await shop.ask("/flags/ofrep/v1/evaluate/flags", "bob", { method: "POST" });
  expect((await asked.json()).flags).toHaveLength(2);
  expect((await shop.state()).sources).toEqual({ made: 1, followed: 1 });
  await vi.waitFor(async () => {
    const { off } = await bothSides(shop);
    expect(off.exposures).toBe(3); // the cart, the API route, the action
  });
});

test("an action and a refresh go by the revision of now", async () => {
  const shop = await openShop();
  const { tab, said } = await visit(shop, "/cart", "bob");
  await shows(tab, "#cart", "Cart");
  await tab.getByText("Check out").click();
  await shows(tab, "#outcome", "Paid");
  await shop.flip("new-checkout", "on");
  await vi.waitFor(async () => expect(await shop.text("/cart")).toContain("Cart, the new way"));
  await tab.getByText("Check out").click();
  await shows(tab, "#outcome", "Paid, the new way");
  await tab.getByText("Refresh").click();
  await shows(tab, "#cart", "Cart, the new way");
  expect(said).toEqual([]);
});

test("a signed override is served everywhere, a forged one and unsigned JSON nowhere", async () => {
  const shop = await openShop();
  const secret = "a secret for development and for nothing else";
  const sign = (secret: string) =>
    signOverrides(
      { "new-checkout": "on", "new-header": "on", "search-ranking": "popular" },
      { secret, environment: "development" },
    );
  const token = await sign(secret);
  const forged = await sign(`${secret}, or so`);
  const ask = async (path: string, token: string) =>
    (await shop.ask(path, "bob", { headers: { cookie: `burgee-overrides=${token}` } })).text();
  expect(sent(await ask("/cart", token), "cart")).toBe("Cart, the new way");
  expect(sent(await ask("/", token), "ranking")).toBe("Now by popular");
  expect(sent(await ask("/deals", token), "header")).toBe("The new deals");
  expect(await ask("/api/legacy", token)).toBe('{"checkout":"new"}');
  const unsigned = encodeURIComponent('{"new-checkout":"on"}');
  for (const nothing of [forged, unsigned, decodeURIComponent(unsigned)]) {
    expect(await ask("/api/legacy", nothing)).toBe('{"checkout":"old"}');
  }
});

test("a visitor gets a cookie once, and keeps it", async () => {
  const shop = await openShop();
  for (const path of ["/", "/search", "/legacy"]) {
    const first = await shop.ask(path);
    const [cookie, ...more] = first.headers
      .getSetCookie()
      .filter((set) => set.startsWith("visitor="));
    expect([cookie, more]).toEqual([expect.stringMatching(/HttpOnly/), []]);
    const headers = { cookie: cookie?.split(";")[0] ?? "" };
    const again = await shop.ask(path, "bob", { headers });
    expect(again.headers.getSetCookie()).toEqual([]);
  }
});

test("what a browser reports is counted against the variant it was served, apart from the server's", async () => {
  const shop = await openShop();
  await shop.flip("new-header", "on");
  await vi.waitFor(async () => expect(await shop.text("/")).toContain("Now by"));
  const { tab } = await visit(shop, "/trouble/browser", "bob");
  await tab.getByText("Open").click();
  await shows(tab, "#menu", "There is no menu now");
  await vi.waitFor(async () =>
    expect((await shop.snapshot()).client).toEqual({
      cells: [
        {
          origin: "client",
          flag: "new-header",
          variant: "on",
          exposures: 1,
          errors: { RangeError: 1 },
        },
      ],
      unverified: 0,
    }),
  );
  expect((await shop.count("new-header", "on")).errors).toEqual({});
});

test("in development, an edit of the flags' code leaves one Flags and one subscription", async () => {
  const copy = copyOfShop();
  const shop = await openShop({ mode: "dev", folder: copy });
  await shop.text("/");
  const { made } = (await shop.state()).sources;
  const code = join(copy, "flags.ts");
  await writeFile(code, `${await readFile(code, "utf8")}\nexport const edited = true;\n`);
  await vi.waitFor(async () => {
    await shop.text("/cart");
    const { sources } = await shop.state();
    expect(sources.made).toBeGreaterThan(made);
    expect(sources.followed).toBe(1);
  }, 10_000);
});

/** A copy of the shop that can be edited, where it finds the same packages. */
function copyOfShop(): string {
  const copy = join(example, ".dev");
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  rmSync(copy, { recursive: true, force: true });
  for (const name of readdirSync(example)) {
    if (/^(\..*|node_modules|test|packed|package-lock.json)$/.test(name)) continue;
    cpSync(join(example, name), join(copy, name), { recursive: true });
  }
  writeFileSync(join(copy, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json" }));
  return copy;
}
