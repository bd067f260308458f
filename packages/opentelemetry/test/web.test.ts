import { join } from "node:path";
import { ShownFlagSpanProcessor } from "@burgee/opentelemetry/web";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { chromium } from "playwright-core";
import { build } from "vite";
import { expect, onTestFinished, test, vi } from "vitest";

/** A page's script for browsers, and what it is made of. */
async function bundle(entry: string) {
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: import.meta.dirname,
    resolve: { conditions: ["@burgee/source", "module", "browser"] },
    build: {
      write: false,
      minify: false,
      lib: { entry: join(import.meta.dirname, entry), formats: ["iife"], name: "page" },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const chunks = outputs.filter((output) => output.type === "chunk");
  return {
    code: chunks.map(({ code }) => code).join("\n"),
    modules: chunks.flatMap(({ moduleIds, imports }) => [...moduleIds, ...imports]),
  };
}

test("in Chromium, a span has what is on the screen when it starts, an exception by when it ends", async () => {
  const { code } = await bundle("page/main.ts");
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const failures: unknown[] = [];
  page.on("pageerror", (error) => failures.push(error));
  await page.addScriptTag({ content: code });
  const spans = await page.evaluate("click()");
  const ranking = {
    "feature_flags.search-ranking": "hybrid",
    "flag.evaluation.search-ranking": "hybrid",
  };
  const both = {
    ...ranking,
    "feature_flags.new-header": "on",
    "flag.evaluation.new-header": true,
  };
  expect(spans).toMatchObject([
    { name: "click", attributes: ranking, events: [] },
    { name: "fetch", attributes: both, events: [] },
    { name: "render", attributes: ranking, events: [{ name: "exception", attributes: both }] },
  ]);
  expect(failures).toEqual([]);
}, 60_000);

test("the browser's entry brings nothing of Node", async () => {
  const { modules } = await bundle("../src/web.ts");
  const own = modules.filter((id) => !id.includes("node_modules"));
  expect(own.map((id) => id.split("/src/").at(-1)).sort()).toEqual([
    "exceptions.ts",
    "preset.ts",
    "shown-flag-span-processor.ts",
    "web.ts",
  ]);
  expect(modules.filter((id) => id.startsWith("node:") || id.includes("browser-external"))).toEqual(
    [],
  );
});

function startSpan(shown: ConstructorParameters<typeof ShownFlagSpanProcessor>[0]) {
  const exported = new InMemorySpanExporter();
  const spanProcessors = [new ShownFlagSpanProcessor(shown), new SimpleSpanProcessor(exported)];
  new BasicTracerProvider({ spanProcessors }).getTracer("page").startSpan("click").end();
  return exported.getFinishedSpans()[0]?.attributes;
}

test("a span has 32 of them at most", () => {
  const many = Array.from({ length: 40 }, (_, index) => [`flag-${index}`, "on"] as const);
  expect(Object.keys(startSpan(() => many) ?? {})).toHaveLength(32);
});

test("a function that throws costs the span its flags, and nothing else", () => {
  const error = vi.fn();
  const quiet = () => {};
  const logger = { error, warn: quiet, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, DiagLogLevel.ERROR);
  onTestFinished(() => diag.disable());
  const attributes = startSpan(() => {
    throw new Error("no store yet");
  });
  expect(attributes).toEqual({});
  expect(error).toHaveBeenCalledWith(
    expect.stringContaining("ShownFlagSpanProcessor"),
    expect.any(Error),
  );
});
