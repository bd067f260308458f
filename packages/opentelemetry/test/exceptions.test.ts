import { trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { flagsOf, inSpan, startSdk } from "./sdk.js";
import { openTracedShop } from "./shop.js";

const record = () => trace.getActiveSpan()?.recordException(new TypeError("no total"));

test("an exception has what its scope has read, also in spans beside its own", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", () =>
    flags.run({}, async (scope) => {
      scope.get("new-checkout");
      await inSpan("handler", async () => {
        await inSpan("price", () => scope.get("late-fees"));
        record();
      });
    }),
  );
  expect(sdk.flagsOn("handler")).toEqual({ "feature_flags.new-checkout": "off" });
  expect(sdk.span("handler").events.map(flagsOf)).toEqual([
    { "feature_flags.new-checkout": "off", "feature_flags.late-fees": "on" },
  ]);
});

test("an exception on the local root, which starts before the scope, has what that carries", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("GET /", async () => {
    await flags.run({}, (scope) => scope.get("late-fees"));
    record();
  });
  expect(sdk.span("GET /").events.map(flagsOf)).toEqual([{ "feature_flags.late-fees": "on" }]);
});

test("an exception of one job has nothing of another under the same root", async () => {
  const sdk = startSdk();
  const flags = openTracedShop();
  await inSpan("batch", async () => {
    await flags.run({ group: "new" }, (scope) => scope.get("new-checkout"));
    await flags.run({}, async (scope) => {
      scope.get("late-fees");
      await inSpan("second", record);
    });
  });
  expect(sdk.span("second").events.map(flagsOf)).toEqual([{ "feature_flags.late-fees": "on" }]);
});

test("an exception has no flag where none was read", async () => {
  const sdk = startSdk();
  await inSpan("GET /", () => openTracedShop().run({}, record));
  expect(sdk.span("GET /").events.map(flagsOf)).toEqual([{}]);
});

test("other events of a span carry no flags", async () => {
  const sdk = startSdk();
  await inSpan("GET /", () =>
    openTracedShop().run({}, (scope) => {
      scope.get("late-fees");
      trace.getActiveSpan()?.addEvent("cache.miss", { key: 1 });
    }),
  );
  expect(sdk.span("GET /").events[0]?.attributes).toEqual({ key: 1 });
});
