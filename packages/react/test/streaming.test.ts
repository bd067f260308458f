import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { createFlags, type FlagScope } from "@burgee/core";
import { type FlagPayload, payloadOf } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import type { Browser } from "playwright-core";
import { createElement } from "react";
import { renderToPipeableStream } from "react-dom/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientFlags } from "./page/app.js";
import { StreamedPage } from "./page/streamed.js";
import { bundlePages, launchBrowser, openSite, shows, visit, written } from "./site.js";

const flags = createFlags(clientFlags, {
  source: memoryStore(JSON.parse(written("bm25", "off"))),
  client: clientFlags,
});

afterAll(() => flags.close());

/** A render whose values come when they are sent. */
function render(targetingKey: string) {
  const scope = flags.scope({ targetingKey });
  let send: (payload: FlagPayload) => void = () => {};
  let refuse: (error: Error) => void = () => {};
  const initial = new Promise<FlagPayload>((resolve, reject) => {
    [send, refuse] = [resolve, reject];
  });
  const out = new PassThrough();
  const page = createElement(StreamedPage, { initial, scope });
  const stream = renderToPipeableStream(page, { onShellReady: () => stream.pipe(out) });
  return { scope, send: () => send(payloadOf(flags, scope)), refuse, out };
}

const exposed = ({ exposures }: Pick<FlagScope, "exposures">) =>
  exposures.map(({ flag, variant }) => `${flag}=${variant}`);

test("the shell is sent before the values are there, and the rest when they are", async () => {
  const { send, out } = render("ada");
  const [shell] = await once(out, "data");
  expect(String(shell)).toContain("the shell");
  expect(String(shell)).not.toContain('id="ranking"');
  send();
  expect(await text(out)).toContain("<h1>The new shop</h1>");
});

test("what a streamed component reads is an exposure in its request's scope", async () => {
  const { scope, send, out } = render("ada");
  await once(out, "data");
  expect(exposed(scope)).toEqual([]);
  send();
  await text(out);
  expect(exposed(scope)).toEqual(["new-header=on", "search-ranking=bm25"]);
});

test("two overlapping server renders never get each other's values or exposures", async () => {
  const [ada, bob] = [render("ada"), render("bob")];
  await Promise.all([once(ada.out, "data"), once(bob.out, "data")]);
  const rest = Promise.all([text(ada.out), text(bob.out)]);
  bob.send();
  ada.send();
  const [forAda, forBob] = await rest;
  expect([forAda, forBob].map((html) => html.includes("The new shop"))).toEqual([true, false]);
  expect(exposed(ada.scope)).toContain("new-header=on");
  expect(exposed(bob.scope)).toContain("new-header=off");
});

test("values that do not come are the defaults, no error and no exposure", async () => {
  const { scope, refuse, out } = render("ada");
  await once(out, "data");
  refuse(new Error("the store is down"));
  const html = await text(out);
  expect(html).toContain("<h1>The shop</h1>");
  expect(html).not.toMatch(/data-msg|the store is down/);
  expect(exposed(scope)).toEqual([]);
});

let browser: Browser;
let bundle: string;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

test("a browser shows the shell, then the values without a flash, and follows changes", async () => {
  const site = await openSite(bundle);
  const { tab, said, rankings, evaluations, streamOpens } = await visit(
    browser,
    `${site.url}streamed`,
  );
  await shows(tab, "#shell", "the shell");
  await shows(tab, "#waiting", "waiting");
  expect(await rankings()).toEqual([]);
  site.sendValues();
  await shows(tab, "#ranking", "hybrid");
  await streamOpens();
  expect(evaluations()).toBe(0);
  await writeFile(site.path, written("bm25", "off"));
  await shows(tab, "#ranking", "bm25");
  expect(await rankings()).toEqual(["hybrid", "bm25"]);
  expect(said).toEqual([]);
});

test("a provider that is itself in what waits shows its values when they come", async () => {
  const site = await openSite(bundle);
  const { tab, said, rankings, streamOpens } = await visit(browser, `${site.url}late`);
  await shows(tab, "#waiting", "waiting");
  site.sendValues();
  await shows(tab, "#ranking", "hybrid");
  await streamOpens();
  expect(await rankings()).toEqual(["hybrid"]);
  expect(said).toEqual([]);
});

test("a request settles with what its streamed components have read", async () => {
  const site = await openSite(bundle);
  const settled = new Promise<readonly string[]>((resolve) => {
    site.flags.observe({
      settled: ({ exposures }) =>
        exposures.length > 0 && resolve(exposures.map(({ flag }) => flag).sort()),
    });
  });
  site.sendValues();
  await visit(browser, `${site.url}streamed`);
  expect(await settled).toEqual(["new-header", "search-ranking"]);
});
