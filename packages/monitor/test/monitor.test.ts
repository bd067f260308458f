import { between, createMonitor, formatTable } from "@burgee/monitor";
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

test("the error rate of each variant is computed, in the library", () => {
  const { flags, monitor } = countedFlags(newCheckout(50));
  for (let unit = 0; unit < 1000; unit++) {
    const scope = flags.scope({ targetingKey: `user-${unit}` });
    if (scope.get("new-checkout") && unit % 5 === 0) scope.fail(new TypeError("no total"));
    scope.settle();
  }
  const { cells } = monitor.snapshot();
  const rates = cells.map((cell) => [
    cell.variant,
    (cell.errors["TypeError"] ?? 0) / cell.exposures,
  ]);
  expect(Object.fromEntries(rates)).toEqual({ off: 0, on: expect.closeTo(0.2, 1) });
  const [, off, on] = formatTable({ cells }).split("\n");
  expect(off).toMatch(/^new-checkout {2}off .* 0\.0 %/);
  expect(on).toMatch(/^new-checkout {2}on .* (1[6-9]|2[0-4])\.\d %.*TypeError \d+$/);
});

test("an override and a context that comes late are counted apart", () => {
  const { flags, monitor, work } = countedFlags(newCheckout(100));
  for (const unit of ["ada", "bob"]) work(unit, ["new-checkout"]);
  const tested = flags.scope({ targetingKey: "qa" }, { overrides: { "new-checkout": "on" } });
  tested.get("new-checkout");
  tested.settle();
  const late = flags.scope({});
  late.get("search-ranking");
  late.identify({ targetingKey: "bob" });
  late.get("new-checkout");
  late.settle();
  const gate = flags.scope({ targetingKey: "eve" });
  gate.gate("new-checkout");
  gate.settle();
  const { cells } = monitor.snapshot();
  expect(cells.map(({ flag, mark, exposures }) => [flag, mark, exposures])).toEqual([
    ["new-checkout", undefined, 2],
    ["new-checkout", "overridden", 1],
    ["new-checkout", "reidentified", 1],
    ["new-checkout", "gated", 1],
    ["search-ranking", "reidentified", 1],
  ]);
  const before = monitor.snapshot();
  work("ada", ["new-checkout"]);
  const since = between(before, monitor.snapshot()).cells;
  expect(since.map(({ mark, exposures }) => [mark, exposures])).toEqual([[undefined, 1]]);
});

test("the safe variant is the definition's: its durations say who has waited too long", () => {
  const { flags, monitor, work } = countedFlags(newCheckout(0));
  const leave = () => {
    const scope = flags.scope({ targetingKey: "ada" });
    scope.get("new-checkout");
    const started = performance.now();
    while (performance.now() - started < 6) {} // the safe side takes less than 5 ms
    scope.settle({ aborted: true });
  };
  leave();
  for (let unit = 0; unit < 1000; unit++) work(`user-${unit}`, ["new-checkout"]);
  leave();
  expect(monitor.snapshot().cells).toMatchObject([{ aborted: 1, errors: { timeout: 1 } }]);
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

test("a snapshot says since when it counts; what is between two, since the first", () => {
  let now = 1000;
  const { flags } = countedFlags(newCheckout(100));
  const monitor = createMonitor(flags, { now: () => now });
  now = 2000;
  const before = monitor.snapshot();
  now = 3000;
  const after = monitor.snapshot();
  expect(after).toMatchObject({ startedAt: 1000, takenAt: 3000 });
  expect(between(before, after)).toMatchObject({ startedAt: 2000, takenAt: 3000 });
});

test("each reading counts for what decided it: a percentage, a rule, an error", () => {
  const { flags, monitor, work } = countedFlags({
    ...newCheckout(100),
    "search-ranking": {
      state: "ENABLED",
      variants: { bm25: "bm25", hybrid: "hybrid" },
      defaultVariant: "bm25",
      targeting: {
        if: [{ "==": [{ var: "targetingKey" }, "ada"] }, "hybrid", { var: "targetingKey" }],
      },
    },
  });
  for (const unit of ["ada", "ada", "bob"]) work(unit, ["new-checkout", "search-ranking"]);
  const before = monitor.snapshot();
  const reasons = (cells = before.cells) =>
    cells.map(({ flag, variant, reasons }) => [flag, variant, reasons]);
  expect(reasons()).toEqual([
    ["new-checkout", "on", { split: 3 }],
    ["search-ranking", "hybrid", { targeting_match: 2 }],
    ["search-ranking", "bm25", { general: 1 }],
  ]);
  work("bob", ["search-ranking"]);
  expect(reasons(between(before, monitor.snapshot()).cells)).toEqual([
    ["search-ranking", "bm25", { general: 1 }],
  ]);
  flags.close();
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
