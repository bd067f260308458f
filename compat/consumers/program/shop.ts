// Uses every package once, and says in a line of JSON what came of it.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { attr, createFlags, defineFlags, flagSet, type VariantName, when } from "@burgee/core";
import { currentScope } from "@burgee/core/ambient";
import { byVariant, flagErrors, flagMiddleware, flagRouter, requireFlag } from "@burgee/express";
import { createMonitor } from "@burgee/monitor";
import { ofrepHandler } from "@burgee/ofrep";
import { createOfrepClient } from "@burgee/ofrep/client";
import { BurgeeProvider, openFeatureFlags } from "@burgee/openfeature/server";
import { BurgeeWebProvider } from "@burgee/openfeature/web";
import {
  FlagLogRecordProcessor,
  FlagSpanProcessor,
  flagFields,
  flagTelemetry,
  traceIdOf,
} from "@burgee/opentelemetry";
import { datadogFlags } from "@burgee/opentelemetry/datadog";
import { sentryFlags } from "@burgee/opentelemetry/sentry";
import { ShownFlagSpanProcessor } from "@burgee/opentelemetry/web";
import { verifyHistory } from "@burgee/stores/audit";
import { lastKnownGood } from "@burgee/stores/cache";
import { envSource } from "@burgee/stores/env";
import { fileStore } from "@burgee/stores/file";
import { httpSource } from "@burgee/stores/http";
import { layeredSource } from "@burgee/stores/layered";
import { memoryStore } from "@burgee/stores/memory";
import { type RedisStoreOptions, redisStore } from "@burgee/stores/redis";
import { OpenFeature } from "@openfeature/server-sdk";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import express from "express";

const client = defineFlags({
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});
const definitions = { ...defineFlags({ "new-checkout": { default: false } }), ...client };

const source = memoryStore(
  flagSet(definitions, {
    "new-checkout": { targeting: when(attr("plan").is("pro"), "on") },
    "search-ranking": { defaultVariant: "hybrid" },
  }),
);
const flags = createFlags(definitions, {
  source: layeredSource(source, envSource({ definitions, env: {} })),
  client,
});
const others: readonly unknown[] = [
  fileStore,
  httpSource("http://127.0.0.1/flags.json"),
  lastKnownGood(source, { path: "unused.json" }),
  (options: RedisStoreOptions) => redisStore(options),
  new FlagLogRecordProcessor(),
  flagFields(),
  new ShownFlagSpanProcessor(() => []),
  [datadogFlags, sentryFlags],
];

declare module "@burgee/core" {
  interface Register {
    shop: typeof flags;
  }
}

const provider = new BasicTracerProvider({ spanProcessors: [new FlagSpanProcessor()] });
const stopTelemetry = flagTelemetry(flags);
const monitor = createMonitor(flags, { traceId: traceIdOf });

const app = express();
app.use(flagMiddleware(flags, { context: (req) => ({ plan: req.get("x-plan") }) }));
app.get("/checkout", requireFlag("new-checkout"), (req, res) => {
  const inside = currentScope();
  res.json({ read: req.flags.get("new-checkout"), ambient: inside?.get("new-checkout") });
});
app.get(
  "/search",
  byVariant("search-ranking", {
    bm25: (_req, res) => void res.json("by words"),
    hybrid: (_req, res) => void res.json("by meaning"),
  }),
);
app.use("/flags", flagRouter(flags));
app.use(flagErrors());

async function main(): Promise<void> {
  await flags.ready();
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const variant: VariantName<"search-ranking"> = "hybrid";
  // @ts-expect-error it is no variant
  const wrong: VariantName<"search-ranking"> = "on";

  const pro = await fetch(`${origin}/checkout`, { headers: { "x-plan": "pro" } });
  const free = await fetch(`${origin}/checkout`);
  const search = await fetch(`${origin}/search`);
  const browser = await fetch(`${origin}/flags/ofrep/v1/evaluate/flags`, { method: "POST" });
  const payload = await browser.json();
  const hidden = `${origin}/ofrep/v1/evaluate/flags/new-checkout`;
  const missing = await ofrepHandler(flags)(new Request(hidden, { method: "POST" }));

  const openFeature = new BurgeeProvider(flags);
  await OpenFeature.setProviderAndWait(openFeature);
  const provided = openFeatureFlags(openFeature, definitions, { client });
  await provided.ready();
  const inBrowser = createOfrepClient({ url: origin, initial: payload });

  await verifyHistory(source.history());

  const counted = monitor.snapshot().cells.map((cell) => `${cell.flag}=${cell.variant}`);
  console.log(
    JSON.stringify({
      pro: await pro.json(),
      free: free.status,
      search: await search.json(),
      browser: inBrowser.get("search-ranking")?.value,
      inPage: new BurgeeWebProvider(inBrowser).resolveStringEvaluation("search-ranking", "").value,
      asked: await OpenFeature.getClient().getBooleanValue("new-checkout", false, { plan: "pro" }),
      provided: (await provided.open({ plan: "pro" })).get("new-checkout"),
      missing: missing.status,
      counted: counted.sort(),
      names: [variant, wrong, typeof others[0]],
    }),
  );

  provided.close();
  monitor.close();
  stopTelemetry();
  flags.close();
  server.close();
  server.closeAllConnections();
  await provider.shutdown();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
