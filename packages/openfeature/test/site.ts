import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type ClientReport, createFlags } from "@burgee/core";
import { flagRouter } from "@burgee/express";
import { memoryStore } from "@burgee/stores/memory";
import express from "express";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { onTestFinished } from "vitest";
import { definitions, set } from "./scenarios.js";

/** The page's script, as browsers get it. */
export async function bundlePage(): Promise<string> {
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

/** The scenarios' flags behind a router, a page that can read them, and the server of both. */
export async function openSite(bundle: string) {
  const store = memoryStore(set);
  const flags = createFlags(definitions, {
    source: store,
    client: definitions,
    secret: "a secret of over 32 characters, in a test",
  });
  const reports: ClientReport[] = [];
  flags.observe({ reported: (report) => void reports.push(report), problem: () => {} });
  const router = flagRouter(flags, { acceptContext: (sent) => sent });
  const asked: string[] = [];
  const app = express();
  app.use("/flags", (request, _response, next) => {
    asked.push(request.path);
    next();
  });
  app.use("/flags", router);
  app.get("/main.js", (_request, response) => void response.type("js").send(bundle));
  app.get("/", (_request, response) => {
    const head = '<head><link rel="icon" href="data:,"></head>';
    const script = '<script type="module" src="/main.js"></script>';
    response.send(`<!doctype html>${head}<body><div id="root"></div>${script}`);
  });
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
    flags.close();
    await stop();
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    reports,
    /** How often the values were asked for. */
    evaluations: () => asked.filter((path) => path.endsWith("/evaluate/flags")).length,
    stop,
    async restart() {
      server = app.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    /** Serves other variants by default. */
    async serveByDefault(variants: Readonly<Partial<Record<keyof typeof set.flags, string>>>) {
      const { id: expected } = await store.read();
      const put = Object.fromEntries(
        Object.entries(variants).map(([key, defaultVariant]) => [
          key,
          { ...set.flags[key as keyof typeof set.flags], defaultVariant },
        ]),
      );
      const change = { actor: "ada", reason: "a test", kind: "manual" } as const;
      await store.commit({ expected, flags: { put }, ...change });
    },
  };
}
