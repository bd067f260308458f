import { setImmediate as turn } from "node:timers/promises";
import * as first from "@burgee/opentelemetry";
import { logs } from "@opentelemetry/api-logs";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { expect, onTestFinished, test, vi } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { openShop } from "./shop.js";

/** The package, loaded once more, as `require` does beside `import`. */
async function loadAgain(): Promise<typeof first> {
  vi.resetModules();
  return import("@burgee/opentelemetry");
}

test("what one copy of the package tells is found by the processors of another", async () => {
  const second = await loadAgain();
  expect(second.FlagSpanProcessor).not.toBe(first.FlagSpanProcessor);
  const exporter = new InMemoryLogRecordExporter();
  logs.setGlobalLoggerProvider(
    new LoggerProvider({
      processors: [new second.FlagLogRecordProcessor(), new SimpleLogRecordProcessor({ exporter })],
    }),
  );
  const sdk = startSdk();
  const flags = openShop();
  onTestFinished(second.flagTelemetry(flags));
  const scope = flags.scope({});
  await inSpan("GET /", async () => {
    await inSpan("middleware", () => scope.get("late-fees"));
    await inSpan("query", turn);
    await inSpan("mail", () => logs.getLogger("app").emit({ body: "sent" }));
  });
  const carried = { "feature_flags.late-fees": "on" };
  expect([sdk.flagsOn("GET /"), sdk.flagsOn("query")]).toEqual([carried, carried]);
  expect(exporter.getFinishedLogRecords().at(-1)).toMatchObject({
    body: "sent",
    attributes: carried,
  });
  const { traceId } = sdk.span("GET /").spanContext();
  for (const copy of [first, second]) expect(copy.traceIdOf(scope)).toBe(traceId);
});
