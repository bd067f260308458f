import { defineFlags } from "@burgee/core";
import {
  type ClientFlagValues,
  Flag,
  FlagsProvider,
  useFlag,
  useFlagDetails,
  useFlags,
} from "@burgee/react";
import type { Browser } from "playwright-core";
import { createElement, type ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientFlags } from "./page/app.js";
import { bundlePages, launchBrowser, openSite, shows, visit } from "./site.js";

/** What is rendered under these values. */
function rendered(children: ReactNode, values: ClientFlagValues, flags = clientFlags): string {
  return renderToString(createElement(FlagsProvider, { flags, values, children }));
}

test("the hooks have the values that are given, and the defaults of the other flags", () => {
  const Both = () => Object.values(useFlags(["search-ranking", "new-header"])).join(" ");
  expect(rendered(createElement(Both), { "search-ranking": "hybrid" })).toBe("hybrid false");
  expect(rendered(createElement(Both), { "new-header": true })).toBe("bm25 true");
});

test("Flag goes by the variants that have the values", () => {
  const hybrid = createElement(Flag<"search-ranking">, { name: "search-ranking", is: "hybrid" }, 1);
  const on = createElement(Flag<"new-header">, { name: "new-header", is: "on" }, 1);
  expect(rendered(hybrid, { "search-ranking": "hybrid" })).toBe("1");
  expect(rendered(hybrid, { "search-ranking": "bm25" })).toBe("");
  expect([true, false].map((value) => rendered(on, { "new-header": value }))).toEqual(["1", ""]);
});

test("a value that is an object has the variant of its definition", () => {
  const flags = defineFlags({
    banner: { default: "none", variants: { none: { text: "" }, sale: { text: "SALE" } } },
  });
  const Banner = () => useFlagDetails("banner" as "new-header").variant;
  const values = { banner: flags.banner.variants.sale } as ClientFlagValues;
  expect(rendered(createElement(Banner), values, flags as never)).toBe("sale");
});

test("a provider inside another has its own values", () => {
  const Ranking = () => useFlag("search-ranking");
  const children = createElement(Ranking);
  const inner = createElement(FlagsProvider, { values: { "search-ranking": "hybrid" }, children });
  expect(rendered(inner, { "search-ranking": "bm25" })).toBe("hybrid");
});

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

test("values that change are there in the same render", async () => {
  const site = await openSite(bundle);
  const { tab } = await visit(browser, `${site.url}without/fixed`);
  await shows(tab, "#ranking", "hybrid");
  await tab.locator("#change").click();
  await shows(tab, "#ranking", "bm25");
  const committed = await tab.evaluate(
    () => (globalThis as unknown as { committed: readonly string[] }).committed,
  );
  expect([...new Set(committed)]).toEqual(["hybrid: hybrid", "bm25: bm25"]);
});

test("no server is asked or told anything: not at login, nor of an error", async () => {
  const site = await openSite(bundle);
  const { tab, requests } = await visit(browser, `${site.url}without/fixed`);
  await shows(tab, "#ranking", "hybrid");
  await tab.locator("#login").click();
  await shows(tab, "#done", "done false");
  await tab.locator("#fail").click();
  await shows(tab, "#failed", "failed");
  await tab.goto(`${site.url}without/none`);
  expect(requests("/flags/")).toBe(0);
  expect(site.reports).toEqual([]);
});
