import { join } from "node:path";
import { createFlags, defineFlags } from "@burgee/core";
import { ofrepHandler } from "@burgee/ofrep";
import { memoryStore } from "@burgee/stores/memory";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { serve } from "./serve.js";

let bundle: string;
let browser: Browser;

beforeAll(async () => {
  const page = join(import.meta.dirname, "page");
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: page,
    build: { write: false, minify: false, rollupOptions: { input: join(page, "main.ts") } },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  bundle = outputs.map((output) => ("code" in output ? output.code : "")).join("\n");
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
}, 60_000);

afterAll(() => browser?.close());

const ranking = (defaultVariant: "bm25" | "hybrid") => ({
  state: "ENABLED" as const,
  variants: { bm25: "bm25", hybrid: "hybrid" },
  defaultVariant,
});

test("OFREP's own web provider follows the stream, and asks once for each change, without polling", async () => {
  const store = memoryStore({ flags: { ranking: ranking("hybrid") } });
  const client = defineFlags({ ranking: { default: "bm25", variants: ["bm25", "hybrid"] } });
  const flags = createFlags(client, { source: store, client });
  const handle = ofrepHandler(flags);
  onTestFinished(() => {
    handle.close();
    flags.close();
  });
  const asked: string[] = [];
  const url = await serve(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/main.js") {
      return new Response(bundle, { headers: { "content-type": "text/javascript" } });
    }
    if (!pathname.startsWith("/flags/")) {
      const html = '<link rel="icon" href="data:,"><script type="module" src="/main.js"></script>';
      return new Response(html, { headers: { "content-type": "text/html" } });
    }
    asked.push(pathname.replace("/flags/ofrep/v1/", ""));
    return handle(request);
  });
  const commit = async (variant: "bm25" | "hybrid") => {
    const expected = (await store.read()).id;
    const put = { ranking: ranking(variant) };
    const who = { actor: "ada", reason: "a test", kind: "manual" } as const;
    await store.commit({ expected, flags: { put }, ...who });
  };

  const tab = await browser.newPage();
  onTestFinished(() => tab.close());
  const shows = (text: string) =>
    tab.waitForFunction((wanted) => document.body.textContent === wanted, text);
  await tab.goto(url);
  await shows("hybrid 0");
  await vi.waitFor(() => expect(asked).toContain("events"), 10_000);
  await commit("bm25");
  await shows("bm25 1");
  await commit("hybrid");
  await shows("hybrid 2");
  expect(asked).toEqual(["evaluate/flags", "events", "evaluate/flags", "evaluate/flags"]);
});
