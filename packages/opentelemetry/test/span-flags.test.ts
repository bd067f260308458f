import { setImmediate as turn } from "node:timers/promises";
import { createFlags, defineFlags } from "@burgee/core";
import { flagTelemetry } from "@burgee/opentelemetry";
import { memoryStore } from "@burgee/stores/memory";
import { expect, onTestFinished, test } from "vitest";
import { inSpan, startSdk } from "./sdk.js";
import { onOff } from "./shop.js";

/** Forty flags, all on; their keys end in 0 to 39. */
const keys = Array.from({ length: 40 }, (_, index) => `flag-${index}`);
const forty = defineFlags(Object.fromEntries(keys.map((key) => [key, { default: false }])));

function openForty() {
  const document = Object.fromEntries(keys.map((key) => [key, onOff("on")]));
  const flags = createFlags(forty, { source: memoryStore({ flags: document }) });
  onTestFinished(flagTelemetry(flags));
  return flags;
}

const first32 = Object.fromEntries(keys.slice(0, 32).map((key) => [`feature_flags.${key}`, "on"]));

test("a span carries the first 32 flags, however many are read; events know them all", async () => {
  const sdk = startSdk();
  const flags = openForty();
  await inSpan("GET /", () =>
    flags.run({}, (scope) => {
      for (const key of keys) scope.get(key);
      return inSpan("query", turn);
    }),
  );
  for (const name of ["GET /", "query"]) expect(sdk.flagsOn(name)).toEqual(first32);
  expect(sdk.records()).toHaveLength(40);
});

test("32 flags are the most a local root carries for all of its scopes together", async () => {
  const sdk = startSdk();
  const flags = openForty();
  await inSpan("batch", () => {
    for (const key of keys) flags.scope({}).get(key);
  });
  expect(sdk.flagsOn("batch")).toEqual(first32);
});

test("the same flag in another scope takes no further place", async () => {
  const sdk = startSdk();
  const flags = openForty();
  await inSpan("batch", () => {
    for (let jobs = 0; jobs < 40; jobs++) flags.scope({}).get("flag-0");
    flags.scope({}).get("flag-1");
  });
  expect(Object.keys(sdk.flagsOn("batch"))).toEqual([
    "feature_flags.flag-0",
    "feature_flags.flag-1",
  ]);
});
