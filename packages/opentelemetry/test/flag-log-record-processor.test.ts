import { setImmediate as turn } from "node:timers/promises";
import { FlagLogRecordProcessor } from "@burgee/opentelemetry";
import { logs, SeverityNumber } from "@opentelemetry/api-logs";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { expect, test } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { openTracedShop } from "./shop.js";

const log = (body: string) => logs.getLogger("app").emit({ body });

test("a log record has what its scope has read by then", async () => {
  const sdk = startSdk();
  await openTracedShop().run({}, async (scope) => {
    log("before");
    scope.get("late-fees");
    await turn();
    log("after");
  });
  log("outside");
  const written = sdk.records().filter(({ body }) => body !== undefined);
  expect(written.map(({ body, attributes }) => [body, attributes])).toEqual([
    ["before", {}],
    ["after", { "feature_flags.late-fees": "on" }],
    ["outside", {}],
  ]);
});

test("an exception that is a log record has them, too", async () => {
  const sdk = startSdk();
  await openTracedShop().run({}, (scope) => {
    scope.get("late-fees");
    const severityNumber = SeverityNumber.ERROR;
    logs.getLogger("app").emit({ severityNumber, exception: new TypeError("no total") });
  });
  expect(sdk.records().at(-1)?.attributes).toMatchObject({
    "exception.type": "TypeError",
    "feature_flags.late-fees": "on",
  });
});

test("where the scope is lost, a log record has what its local root carries", async () => {
  const sdk = startSdk();
  const scope = openTracedShop().scope({});
  await inSpan("GET /", async () => {
    await inSpan("middleware", () => scope.get("late-fees"));
    await inSpan("query", () => log("slow"));
  });
  expect(sdk.records().at(-1)?.attributes).toEqual({ "feature_flags.late-fees": "on" });
});

test("the event of an evaluation is of its own flag alone", async () => {
  const sdk = startSdk();
  await openTracedShop().run({}, (scope) => {
    scope.get("late-fees");
    scope.get("new-checkout");
  });
  for (const { attributes } of sdk.records()) {
    expect(Object.keys(attributes).filter((name) => name.startsWith("feature_flags"))).toEqual([]);
  }
});

test("nobody makes log records for this processor alone", () => {
  const provider = new LoggerProvider({ processors: [new FlagLogRecordProcessor()] });
  expect(provider.getLogger("app").enabled()).toBe(false);
});
