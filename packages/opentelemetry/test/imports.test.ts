import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const sources = join(import.meta.dirname, "../src");

test("who has the SDK of one signal compiles without those of the others: only APIs are imported, also for types", () => {
  const imported = readdirSync(sources).flatMap((file) => {
    const text = readFileSync(join(sources, file), "utf8");
    return Array.from(
      text.matchAll(/^(?:import|export|\}).* from "([^".][^"]*)";$/gm),
      ([, from]) => from,
    );
  });
  expect([...new Set(imported)].sort()).toEqual([
    "@burgee/core",
    "@burgee/core/ambient",
    "@burgee/monitor",
    "@opentelemetry/api",
    "@opentelemetry/api-logs",
  ]);
});
