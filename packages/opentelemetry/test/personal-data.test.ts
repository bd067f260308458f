import { createFlags, type EvaluationContext, type FlagDefinition, type Flags } from "@burgee/core";
import { createMonitor } from "@burgee/monitor";
import { sentryFlags } from "@burgee/opentelemetry/sentry";
import { memoryStore } from "@burgee/stores/memory";
import { logs } from "@opentelemetry/api-logs";
import * as Sentry from "@sentry/node";
import { expect, onTestFinished, test, vi } from "vitest";
import { startExporting } from "./otlp.js";
import { startReceiver } from "./receiver.js";
import { inSpan } from "./sdk.js";
import { definitions, onOff, rankings } from "./shop.js";

const email = "ada@example.com";

/** An e-mail is what she is asked by, and all that is known of her. */
const ada: EvaluationContext = {
  targetingKey: email,
  email,
  version: email,
  group: email,
  [email]: email,
  nested: { list: [email], [email]: email },
};

/** Rules that fail on an e-mail, and quote it where they can; and one that splits by it. */
const document: Record<string, FlagDefinition> = {
  "new-checkout": onOff("off", { targeting: { var: "targetingKey" } }),
  "search-ranking": {
    ...rankings,
    targeting: {
      if: [{ sem_ver: [{ var: "version" }, ">=", "1.0.0"] }, "hybrid", { var: "email" }],
    },
  },
  "late-fees": onOff("off", {
    targeting: {
      fractional: [{ cat: [{ var: "email" }, { var: "nested" }] }, ["on", 50], ["off", 50]],
    },
  }),
};

/** Flags that nobody listens to the problems of: they are written on the console. */
function openFlags(): Flags {
  const flags = createFlags(definitions, { source: memoryStore({ flags: document }) });
  onTestFinished(() => flags.close());
  return flags;
}

/** Reads all there is, and fails with errors that quote the e-mail in whatever they say. */
function workOf(scope: Pick<ReturnType<Flags["scope"]>, "get" | "fail">): void {
  for (const key of ["new-checkout", "search-ranking", "late-fees"] as const) scope.get(key);
  const error = new TypeError(`no account ${email}`, { cause: email });
  scope.fail(Object.assign(error, { name: `NoAccount of ${email}`, code: email }));
}

test("an e-mail that is the targeting key and every attribute is in no byte of traces, logs, metrics and Prometheus text", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const shop = await startExporting(
    openFlags(),
    () => ada,
    async (request, response) => {
      await inSpan("checkout", () =>
        inSpan("query", () => {
          workOf(request.flags);
          logs.getLogger("shop").emit({ body: "paid" });
        }),
      );
      response.status(500).json("failed");
    },
  );
  for (let visits = 0; visits < 3; visits++) await shop.visit("checkout");
  const { text, spans, records, metrics } = await shop.exported(3);
  expect([spans.length, records.length, metrics.size].every((count) => count > 3)).toBe(true);
  const everything = [text, shop.monitor.prometheus(), JSON.stringify(shop.monitor.snapshot())];
  for (const told of everything) {
    expect(told).toContain("new-checkout");
    expect(told).toContain("late-fees");
    expect(told).not.toMatch(/ada(@|%40|\\u0040)|example\.com/);
  }
  expect(text).toContain('"general"'); // the rules did fail
  expect(warn.mock.calls.join()).not.toContain(email);
});

test("nor is it in what Sentry gets, breadcrumbs of the console included", async () => {
  const receiver = await startReceiver();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  Sentry.init({
    dsn: `http://public@127.0.0.1:${receiver.port}/1`,
    // else the lines of this very test are on each stack
    integrations: (standard) => standard.filter(({ name }) => name !== "ContextLines"),
  });
  onTestFinished(async () => void (await Sentry.close(2000)));
  const flags = openFlags();
  flags.observe(sentryFlags(Sentry));
  const monitor = createMonitor(flags);
  onTestFinished(monitor.close);
  await Sentry.withIsolationScope(() =>
    flags.run(ada, async (scope) => {
      workOf(scope);
      Sentry.captureException(new Error("no total"));
    }),
  );
  await Sentry.flush(5000);
  const text = receiver.received.map(({ body }) => body.toString()).join("\n");
  expect(text).toContain('"flag":"late-fees"');
  expect(text).toContain("serves its default"); // on the console, and so a breadcrumb
  expect(text).not.toMatch(/ada(@|%40|\\u0040)|example\.com/);
});
