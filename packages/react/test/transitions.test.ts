import { writeFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePages, launchBrowser, openSite, visit, written } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

test.each(["transition", "defer"])(
  "a flag that changes in the middle of a slow render (%s) never shows two values at once",
  async (button) => {
    const site = await openSite(bundle);
    const { tab, streamOpens } = await visit(browser, `${site.url}with/torn?loose`);
    await streamOpens();
    await tab.evaluate(() => {
      const screens: string[] = [];
      Object.assign(globalThis, { screens });
      const look = () => {
        const readers = [...document.querySelectorAll(".slow")];
        const shown = new Set(readers.map(({ textContent }) => textContent));
        screens.push(`${[...shown].join("+")} ${readers.length}`);
      };
      const watched = { childList: true, subtree: true, characterData: true };
      new MutationObserver(look).observe(document, watched);
    });
    await tab.locator(`#${button}`).click();
    await tab.waitForFunction(
      () => (globalThis as unknown as { rendering: { started: number } }).rendering.started > 5,
    );
    await writeFile(site.path, written("bm25", "off"));
    await tab.waitForFunction(() => document.querySelectorAll(".slow").length > 100);
    await tab.waitForFunction(() =>
      [...document.querySelectorAll(".slow")].every(({ textContent }) => textContent === "bm25"),
    );
    const screens = await tab.evaluate(
      () => (globalThis as unknown as { screens: readonly string[] }).screens,
    );
    const { started } = await tab.evaluate(
      () => (globalThis as unknown as { rendering: { started: number } }).rendering,
    );
    expect(screens.filter((screen) => screen.includes("+"))).toEqual([]);
    expect(screens.at(-1)).toBe("bm25 101");
    expect(started).toBeGreaterThan(100); // some were rendered with the old value, and again
  },
);
