import { between, createMonitor } from "@burgee/monitor";
import { expect, test } from "vitest";
import { countedFlags, newCheckout } from "./counted.js";

test("a scope's outcome counts against every variant it has read, once", () => {
  const { monitor, work } = countedFlags(newCheckout(100));
  work("ada", ["new-checkout", "search-ranking", "new-checkout"], new TypeError("no total"));
  work("bob", ["search-ranking"]);
  expect(
    monitor
      .snapshot()
      .cells.map(({ flag, variant, exposures, errors }) => [flag, variant, exposures, errors]),
  ).toEqual([
    ["new-checkout", "on", 1, { TypeError: 1 }],
    ["search-ranking", "bm25", 2, { TypeError: 1 }],
  ]);
});

test("a flag that was not read is not counted", () => {
  const { monitor, work } = countedFlags(newCheckout(100));
  work("ada", []);
  expect(monitor.snapshot().cells).toEqual([]);
});

test("the two sides of a split are counted apart, under the split's id", () => {
  const { monitor, work } = countedFlags(newCheckout(50));
  for (let unit = 0; unit < 1000; unit++) work(`user-${unit}`, ["new-checkout"]);
  const { cells } = monitor.snapshot();
  expect(cells.map(({ variant }) => variant).sort()).toEqual(["off", "on"]);
  expect(new Set(cells.map(({ split }) => split)).size).toBe(1);
  expect(cells[0]?.split).toMatch(/^\/fractional#[0-9a-f]{1,8}$/);
  for (const { exposures } of cells) expect(exposures).toBeGreaterThan(400);
});

test("nothing is counted after it was closed", () => {
  const { monitor, work } = countedFlags(newCheckout(100));
  work("ada", ["new-checkout"]);
  monitor.close();
  work("ada", ["new-checkout"]);
  expect(monitor.snapshot().cells[0]?.exposures).toBe(1);
});

test("between two snapshots is what was counted since the first", () => {
  const { monitor, work } = countedFlags(newCheckout(100));
  work("ada", ["new-checkout"], new TypeError("no total"));
  const before = monitor.snapshot();
  work("ada", ["new-checkout"]);
  work("bob", ["new-checkout"], new RangeError("no stock"));
  const { cells } = between(before, monitor.snapshot());
  expect(cells).toMatchObject([{ variant: "on", exposures: 2, errors: { RangeError: 1 } }]);
  expect(cells[0]?.errors).not.toHaveProperty("TypeError");
  expect(cells[0]?.durations.reduce((sum, count) => sum + count, 0)).toBe(2);
});

test("between two equal snapshots is nothing", () => {
  const { monitor, work } = countedFlags(newCheckout(100));
  work("ada", ["new-checkout"]);
  expect(between(monitor.snapshot(), monitor.snapshot()).cells).toEqual([]);
});

test("the traces of the last five that failed are remembered, and asked for them alone", () => {
  const { flags, work } = countedFlags(newCheckout(100));
  let asked = 0;
  const monitor = createMonitor(flags, { traceId: () => `trace-${++asked}` });
  for (let requests = 0; requests < 7; requests++) {
    work("ada", ["new-checkout", "search-ranking"]);
    work("ada", ["new-checkout"], new TypeError("no total"));
  }
  const [checkout, ranking] = monitor.snapshot().cells;
  expect(checkout?.failedTraces).toEqual(["trace-3", "trace-4", "trace-5", "trace-6", "trace-7"]);
  expect(ranking?.failedTraces).toEqual([]);
});
