import { writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bundlePages, launchBrowser, openSite, shows, visit, written } from "./site.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  [bundle, browser] = await Promise.all([bundlePages(), launchBrowser()]);
}, 60_000);

afterAll(() => browser?.close());

/** Hides the page, as another tab in front of it does, or shows it again. */
const look = (tab: Page, state: "hidden" | "visible") =>
  tab.evaluate((now) => {
    Object.defineProperty(document, "hidden", { value: now === "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

/** How many streams are open, and how many were opened. */
const streams = (tab: Page) =>
  tab.evaluate(() => {
    const { sources } = globalThis as unknown as { sources: readonly EventSource[] };
    const open = sources.filter(({ readyState }) => readyState !== EventSource.CLOSED);
    return { open: open.length, opened: sources.length };
  });

/** A page with a clock of its own, which has its values and its stream. */
async function following(site: Awaited<ReturnType<typeof openSite>>, path = "hydrated") {
  const context = await browser.newContext();
  await context.clock.install();
  const visited = await visit(context, `${site.url}${path}?loose`);
  await visited.streamOpens();
  return { ...visited, context };
}

test("a page that is hidden for two minutes closes its stream, and asks for what it has missed when it is seen", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations } = await following(site);
  await look(tab, "hidden");
  await tab.clock.runFor(119_000);
  expect(await streams(tab)).toEqual({ open: 1, opened: 1 });
  await tab.clock.runFor(2000);
  expect(await streams(tab)).toEqual({ open: 0, opened: 1 });
  const changed = site.nextChange();
  await writeFile(site.path, written("bm25", "off"));
  await changed;
  expect(evaluations()).toBe(0);
  await look(tab, "visible");
  await tab.clock.runFor(1);
  await tab.clock.resume();
  await shows(tab, "#ranking", "bm25");
  expect(await streams(tab)).toEqual({ open: 1, opened: 2 });
});

test("a page that is seen again in time keeps its stream", async () => {
  const site = await openSite(bundle);
  const { tab } = await following(site);
  await look(tab, "hidden");
  await tab.clock.runFor(60_000);
  await look(tab, "visible");
  await tab.clock.runFor(120_000);
  expect(await streams(tab)).toEqual({ open: 1, opened: 1 });
});

/** A stream of events that the test writes itself, in the place of the server's. */
async function ownStream(tab: Page) {
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    responses.push(response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  await tab.addInitScript((url) => {
    const Original = EventSource;
    globalThis.EventSource = class extends Original {
      constructor() {
        super(url);
      }
    };
  }, `http://127.0.0.1:${port}/?since=now`);
  await tab.reload();
  await tab.waitForFunction(() => (globalThis as unknown as { opened: number }).opened > 0);
  return {
    /** Sends an event, and waits until the page has heard it. */
    async send(type: "heartbeat" | "message", data: string) {
      responses.at(-1)?.write(`event: ${type}\ndata: ${data}\n\n`);
      await tab.waitForFunction(
        (event) => (globalThis as unknown as { heard: readonly string[] }).heard.includes(event),
        `${type} ${data}`,
      );
    },
  };
}

test("a stream whose heartbeats stay away is given up, and opened again", async () => {
  const site = await openSite(bundle);
  const { tab } = await following(site);
  const { send } = await ownStream(tab);
  await send("heartbeat", "30000");
  await tab.clock.runFor(70_000);
  expect(await streams(tab)).toEqual({ open: 1, opened: 1 });
  await tab.clock.runFor(10_000);
  expect(await streams(tab)).toEqual({ open: 1, opened: 2 });
});

test("a server that asks for it is asked within a time, at random, and not at once", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations } = await following(site);
  const { send } = await ownStream(tab);
  await tab.evaluate(() => {
    Math.random = () => 0.5;
  });
  const before = evaluations();
  await send("message", '{"type":"refetchEvaluation","lastModified":1,"withinMs":8000}');
  await tab.clock.runFor(3900);
  expect(evaluations()).toBe(before);
  const asked = tab.waitForRequest(/evaluate\/flags$/);
  await tab.clock.runFor(200);
  await asked;
});

test("events that are none of ours change nothing, and throw nothing", async () => {
  const site = await openSite(bundle);
  const { tab, evaluations, said } = await following(site);
  const { send } = await ownStream(tab);
  for (const data of ["garbage", "[]", "null", '{"type":"other","withinMs":1}']) {
    await send("message", data);
    await tab.clock.runFor(1000);
  }
  expect(evaluations()).toBe(0);
  const asked = tab.waitForRequest(/evaluate\/flags$/);
  await send("message", '{"type":"refetchEvaluation","withinMs":"soon"}');
  await asked;
  expect(said).toEqual([]);
});

test("a server that stays away is tried again later each time, at random", async () => {
  const site = await openSite(bundle);
  const { tab, context } = await following(site);
  await context.route(/events/, (route) => route.abort());
  await tab.evaluate(() => {
    Math.random = () => 0.999;
  });
  await site.stop();
  const after = async (milliseconds: number) => {
    await tab.clock.runFor(milliseconds);
    return (await streams(tab)).opened;
  };
  const settled = () =>
    tab.waitForFunction(() => {
      const { sources } = globalThis as unknown as { sources: readonly EventSource[] };
      return sources.every(({ readyState }) => readyState === EventSource.CLOSED);
    });
  for (const [index, wait] of [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].entries()) {
    await settled();
    expect(await after(wait - 500)).toBe(index + 1);
    expect(await after(500)).toBe(index + 2);
  }
  await site.restart();
}, 30_000);

test("a page whose last reader has left asks nothing, and listens to nothing", async () => {
  const site = await openSite(bundle);
  const { tab } = await following(site, "with/leaving");
  await tab.locator("#leave").click();
  expect((await streams(tab)).open).toBe(0);
  await tab.clock.runFor(600_000);
  expect((await streams(tab)).opened).toBe(1);
  await tab.locator("#enter").click();
  await shows(tab, "#ranking", "hybrid");
  expect(await streams(tab)).toEqual({ open: 1, opened: 2 });
});
