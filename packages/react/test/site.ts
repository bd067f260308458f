import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientReport, createFlags, defineFlags } from "@burgee/core";
import { flagMiddleware, flagRouter } from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import { type FlagPayload, scriptText } from "@burgee/ofrep";
import { fileStore } from "@burgee/stores/file";
import express from "express";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { createElement } from "react";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { build } from "vite";
import { onTestFinished, vi } from "vitest";
import { App, clientFlags, type renders } from "./page/app.js";
import { MemoisedPage } from "./page/memoised.js";
import { StoredPage } from "./page/stored.js";
import { StreamedPage } from "./page/streamed.js";
import { WaitingPage } from "./page/suspending.js";

vi.setConfig({ testTimeout: 20_000 }); // a browser's start, on a machine that does other things

/** The pages' script, as browsers get it. */
export async function bundlePages(): Promise<string> {
  const page = join(import.meta.dirname, "page");
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: page,
    resolve: { conditions: ["@burgee/source", "module", "browser"] },
    build: { write: false, minify: false, rollupOptions: { input: join(page, "main.tsx") } },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  return outputs.map((output) => ("code" in output ? output.code : "")).join("\n");
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
}

/** The flags' file: of the ranking for all, and of the header for all but ada. */
export function written(ranking: "bm25" | "hybrid", header: "on" | "off"): string {
  return JSON.stringify({
    flags: {
      "search-ranking": {
        state: "ENABLED",
        variants: { bm25: "bm25", hybrid: "hybrid" },
        defaultVariant: ranking,
        metadata: { owner: "secret-team" },
      },
      "secret-pricing": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: "on",
      },
      "new-header": {
        state: "ENABLED",
        variants: { on: true, off: false },
        defaultVariant: header,
        targeting: { if: [{ in: [{ var: "targetingKey" }, ["ada", "secret-user"]] }, "on"] },
      },
    },
  });
}

/** What is let through when somebody says so. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/**
 * A server of the pages, on a flag file: `/with/<a page>` and `/without/<a page>` have its values or none,
 * and `/`, `/hydrated`, `/rendered/<a page>`, `/plain`, `/streamed` and `/late` come about in ways of their own.
 */
export async function openSite(bundle: string, { receipts = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "burgee-react-"));
  const path = join(folder, "flags.json");
  await writeFile(path, written("hybrid", "off"));
  const serverFlags = defineFlags({ "secret-pricing": { default: false } });
  const flags = createFlags(
    { ...clientFlags, ...serverFlags },
    {
      source: fileStore(path),
      client: clientFlags,
      ...(receipts && { secret: "a secret of over 32 characters, in a test" }),
    },
  );
  await flags.ready();
  const monitor = createMonitor(flags);
  const router = flagRouter(flags);
  const [script, values] = [gate(), gate()];
  let payload: Promise<FlagPayload> | undefined;

  const app = express();
  app.use("/flags", router);
  app.use(flagMiddleware(flags));
  app.get("/main.js", async (request, response) => {
    if (request.get("referer")?.endsWith("?held")) await script.opened;
    response.type("js").send(bundle);
  });
  const head = '<head><link rel="icon" href="data:,"></head>';
  const write = (page: string, html: string, initial?: FlagPayload) => {
    const text = initial && scriptText(initial);
    const element = text && `<script id="payload" type="application/json">${text}</script>`;
    const body = `<div id="root">${html}</div>${element ?? ""}`;
    return `<!doctype html>${head}<body data-page="${page}">${body}<script type="module" src="/main.js"></script>`;
  };
  app.get("/", (_request, response) => void response.send(write("app", "")));
  app.get("/hydrated", async (request, response) => {
    const initial = await router.payload(request.flags, "/flags");
    response.send(write("app", renderToString(createElement(App, { initial })), initial));
  });
  app.get("/rendered/stored", (_request, response) => {
    response.send(write("stored", renderToString(createElement(StoredPage))));
  });
  app.get("/rendered/memoised", async (request, response) => {
    const initial = await router.payload(request.flags, "/flags");
    const html = renderToString(createElement(MemoisedPage, { initial }));
    response.send(write("memoised", html, initial));
  });
  app.get("/rendered/waiting", (_request, response) => {
    response.send(write("waiting", renderToString(createElement(WaitingPage))));
  });
  app.get("/plain", async (request, response) => {
    const initial = await router.payload(request.flags, "/flags");
    const eventStreams = [{ endpoint: { requestUri: "/flags/ofrep/v1/events" } }];
    response.send(write("app", "", { ...initial, eventStreams }));
  });
  app.get("/with/:page", async (request, response) => {
    const initial = await router.payload(request.flags, "/flags");
    response.send(write(request.params.page, "", initial));
  });
  app.get("/without/:page", (request, response) => {
    response.send(write(request.params.page, ""));
  });
  app.get("/streamed", (request, response) => {
    const { flags: scope } = request;
    payload = values.opened.then(() => router.payload(scope, "/flags"));
    const page = createElement(StreamedPage, { initial: payload, scope });
    const stream = renderToPipeableStream(page, {
      bootstrapModules: ["/main.js"],
      onShellReady: () => stream.pipe(response.type("html")),
    });
  });
  app.get("/late", (request, response) => {
    const { flags: scope } = request;
    payload = values.opened.then(() => router.payload(scope, "/flags"));
    response.send(write("late", ""));
  });
  app.get("/payload", async (_request, response) => void response.json(await payload));

  let server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  onTestFinished(async () => {
    router.close();
    monitor.close();
    flags.close();
    await stop();
    await rm(folder, { recursive: true });
  });
  const reports: ClientReport[] = [];
  flags.observe({ reported: (report) => reports.push(report) });
  const nextReport = (wanted: (report: ClientReport) => boolean) =>
    new Promise<ClientReport>((resolve) => {
      const stopObserving = flags.observe({
        reported(report) {
          if (!wanted(report)) return;
          stopObserving();
          resolve(report);
        },
      });
    });
  return {
    path,
    flags,
    monitor,
    url: `http://127.0.0.1:${port}/`,
    stop,
    async restart() {
      server = app.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    /** Lets go what `/main.js` held for a page whose URL says `?held`. */
    sendScript: script.open,
    /** Lets go the values of `/streamed`. */
    sendValues: values.open,
    /** What browsers have reported so far. */
    reports,
    /** The next error that a browser reports. */
    nextError: () => nextReport(({ errorType }) => errorType !== undefined),
    /** The next exposures that a browser reports. */
    nextExposures: () => nextReport(({ errorType }) => errorType === undefined),
    /** The next change that the server tells of. */
    nextChange: () =>
      new Promise<void>((resolve) => {
        const stopObserving = flags.observe({
          changed() {
            stopObserving();
            resolve();
          },
        });
      }),
  };
}

/** A page of the browser: what it says on its console, asks for, and shows as its ranking over time. */
export async function visit(browser: Pick<BrowserContext, "newPage">, url: string) {
  const tab = await browser.newPage();
  onTestFinished(() => tab.close());
  const said: string[] = [];
  const asked: string[] = [];
  tab.on("console", (message) => {
    if (!message.text().includes("Download the React DevTools")) said.push(message.text());
  });
  tab.on("pageerror", (error) => said.push(String(error)));
  tab.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const requests = (path: string) => asked.filter((one) => one.includes(path)).length;
  await tab.addInitScript(watchPage);
  await tab.goto(url, { waitUntil: "commit" });
  return {
    tab,
    said,
    /** How often it has asked for a path. */
    requests,
    /** How often it has asked for the flags' values. */
    evaluations: () => requests("/evaluate/flags"),
    /** Waits until its stream of events has opened. */
    streamOpens: () =>
      tab.waitForFunction(() => (globalThis as unknown as { opened: number }).opened > 0),
    /** Every text that the ranking had. */
    rankings: () =>
      tab.evaluate(() => (globalThis as unknown as { rankings: readonly string[] }).rankings),
  };
}

/** Runs in the page, before any of its own scripts. */
function watchPage(): void {
  const rankings: string[] = [];
  const sources: EventSource[] = [];
  const heard: string[] = [];
  Object.assign(globalThis, { rankings, sources, heard, opened: 0 });
  const look = () => {
    const text = document.querySelector("#ranking")?.textContent;
    if (text && rankings.at(-1) !== text) rankings.push(text);
  };
  new MutationObserver(look).observe(document, {
    childList: true,
    subtree: true,
    characterData: true,
  });
  const Original = EventSource;
  globalThis.EventSource = class extends Original {
    constructor(url: string | URL) {
      super(url);
      sources.push(this);
      for (const type of ["heartbeat", "message"]) {
        this.addEventListener(type, ({ data }) => heard.push(`${type} ${data}`));
      }
      this.addEventListener("open", () => {
        (globalThis as unknown as { opened: number }).opened++;
      });
    }
  };
}

/** Waits until an element shows a text. */
export async function shows(tab: Page, selector: string, text: string) {
  await tab.locator(selector, { hasText: new RegExp(`^${text}$`) }).waitFor({ timeout: 15_000 });
}

export function rendersIn(tab: Page): Promise<typeof renders> {
  return tab.evaluate(() => ({
    ...(globalThis as unknown as { renders: typeof renders }).renders,
  }));
}
