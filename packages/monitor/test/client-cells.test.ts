import { type ClientReport, createFlags, defineFlags, type EvaluationContext } from "@burgee/core";
import { acceptReport, signReceipt } from "@burgee/core/signed";
import { between, createMonitor } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import { expect, test } from "vitest";
import { createClientCells } from "../src/client-cells.js";
import { newCheckout } from "./counted.js";

const definitions = defineFlags({
  "new-checkout": { default: false },
  "search-ranking": { default: "bm25", variants: ["bm25", "hybrid"] },
});

/** Real flags under a monitor, and a browser that was served some of them. */
function openShop() {
  let time = Date.now();
  const flags = createFlags(definitions, {
    source: memoryStore({ flags: newCheckout(100) }),
    client: definitions,
    secret: "a secret of more than 32 characters",
    now: () => time,
  });
  const monitor = createMonitor(flags);
  const receiptOf = (context: EvaluationContext) => signReceipt(flags, flags.scope(context));
  const report = (receipt: unknown, errorType: string, keys = ["new-checkout"]) =>
    acceptReport(flags, { receipt, flags: keys, errorType });
  const show = (receipt: unknown, keys = ["new-checkout"]) =>
    acceptReport(flags, { receipt, flags: keys });
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { flags, monitor, receiptOf, report, show, pass };
}

test("a browser's error counts against the variants of its receipt, apart from the server's", async () => {
  const { flags, monitor, receiptOf, report } = openShop();
  const scope = flags.scope({ targetingKey: "ada" });
  scope.get("new-checkout");
  scope.settle();
  const receipt = await receiptOf({ targetingKey: "ada" });
  await report(receipt, "TypeError", ["new-checkout", "search-ranking"]);
  const { cells, client } = monitor.snapshot();
  expect(cells).toMatchObject([{ variant: "on", exposures: 1, errors: {} }]);
  expect(client).toEqual({
    cells: [
      {
        origin: "client",
        flag: "new-checkout",
        variant: "on",
        exposures: 1,
        errors: { TypeError: 1 },
      },
      {
        origin: "client",
        flag: "search-ranking",
        variant: "bm25",
        exposures: 1,
        errors: { TypeError: 1 },
      },
    ],
    unverified: 0,
  });
});

test("one unit counts once for a flag and variant, whatever it reports and with what receipt", async () => {
  const { monitor, receiptOf, report } = openShop();
  for (const type of ["TypeError", "RangeError", "TypeError"]) {
    await report(await receiptOf({ targetingKey: "ada" }), type);
  }
  await report(await receiptOf({ targetingKey: "bob" }), "TypeError");
  expect(monitor.snapshot().client.cells).toMatchObject([{ errors: { TypeError: 2 } }]);
});

test("what browsers have shown is counted by variant, so that an error rate has both its sides", async () => {
  const { monitor, receiptOf, report, show } = openShop();
  for (const targetingKey of ["ada", "bob", "cyd"]) await show(await receiptOf({ targetingKey }));
  await report(await receiptOf({ targetingKey: "bob" }), "TypeError");
  expect(monitor.snapshot().client.cells).toMatchObject([
    { flag: "new-checkout", variant: "on", exposures: 3, errors: { TypeError: 1 } },
  ]);
});

test("a unit is one exposure for a flag and variant, however often it says so", async () => {
  const { monitor, receiptOf, report, show } = openShop();
  const receipt = await receiptOf({ targetingKey: "ada" });
  for (let times = 0; times < 5; times++) await show(receipt);
  await show(await receiptOf({ targetingKey: "ada" }), ["new-checkout", "new-checkout"]);
  await report(receipt, "TypeError");
  await show(receipt);
  expect(monitor.snapshot().client.cells).toMatchObject([
    { exposures: 1, errors: { TypeError: 1 } },
  ]);
});

test("an error before its exposure was reported makes no rate above one", async () => {
  const { monitor, receiptOf, report, show } = openShop();
  const receipt = await receiptOf({ targetingKey: "ada" });
  await report(receipt, "TypeError");
  await show(receipt);
  expect(monitor.snapshot().client.cells).toMatchObject([
    { exposures: 1, errors: { TypeError: 1 } },
  ]);
});

test("what was shown without a valid receipt is unverified, and counts for no variant", async () => {
  const { monitor, show } = openShop();
  await show("garbage");
  expect(monitor.snapshot().client).toEqual({ cells: [], unverified: 1 });
});

test("after an hour a unit counts again", async () => {
  const { monitor, receiptOf, report, pass } = openShop();
  await report(await receiptOf({ targetingKey: "ada" }), "TypeError");
  pass(3_599_999);
  await report(await receiptOf({ targetingKey: "ada" }), "TypeError");
  expect(monitor.snapshot().client.cells).toMatchObject([{ errors: { TypeError: 1 } }]);
  pass(1);
  await report(await receiptOf({ targetingKey: "ada" }), "TypeError");
  expect(monitor.snapshot().client.cells).toMatchObject([{ errors: { TypeError: 2 } }]);
});

test("a report without a valid receipt is counted as unverified, and against no variant", async () => {
  const { monitor, report } = openShop();
  await report(undefined, "TypeError");
  await report("garbage", "TypeError");
  expect(monitor.snapshot().client).toEqual({ cells: [], unverified: 2 });
});

test("between two snapshots is what was reported since the first", async () => {
  const { monitor, receiptOf, report, show } = openShop();
  await report(await receiptOf({ targetingKey: "ada" }), "TypeError");
  await report(undefined, "TypeError");
  const before = monitor.snapshot();
  expect(between(before, monitor.snapshot()).client).toEqual({ cells: [], unverified: 0 });
  await report(await receiptOf({ targetingKey: "bob" }), "RangeError");
  await report(undefined, "TypeError");
  const { client } = between(before, monitor.snapshot());
  expect(client).toMatchObject({
    cells: [{ exposures: 1, errors: { RangeError: 1 } }],
    unverified: 1,
  });
  expect(client.cells[0]?.errors).not.toHaveProperty("TypeError");
  const later = monitor.snapshot();
  await show(await receiptOf({ targetingKey: "cyd" }));
  expect(between(later, monitor.snapshot()).client.cells).toMatchObject([
    { exposures: 1, errors: {} },
  ]);
});

function reportOf(unit: string, flag = "new-checkout", errorType = "TypeError"): ClientReport {
  const flags = [{ flag, variant: "on", unit }];
  const revision = "1";
  return { origin: "client", verified: true, flags, errorType, revision, reportedAt: 0 };
}

test("only so many units are remembered; the others do not count, and those remembered do", () => {
  const cells = createClientCells();
  const { errorType, ...shown } = reportOf("unit-0");
  for (let unit = 0; unit < 50_010; unit++) {
    const flags = shown.flags.map((one) => ({ ...one, unit: `unit-${unit}` }));
    cells.count({ ...shown, errorType: undefined, flags });
  }
  cells.count(reportOf("unit-0"));
  cells.count(reportOf("unit-50009"));
  expect(cells.snapshot().cells).toMatchObject([
    { exposures: 50_000, errors: { [String(errorType)]: 1 } },
  ]);
  cells.count({ ...reportOf("another"), reportedAt: 3_600_000 });
  expect(cells.snapshot().cells).toMatchObject([{ exposures: 50_001, errors: { TypeError: 2 } }]);
});

test("cells and error types beyond what there is room for are counted together", () => {
  const cells = createClientCells();
  for (let type = 0; type < 40; type++) cells.count(reportOf(`unit-${type}`, "flag-0", `E${type}`));
  for (let flag = 1; flag < 300; flag++) cells.count(reportOf("ada", `flag-${flag}`));
  const { cells: counted } = cells.snapshot();
  const series = counted.flatMap(({ errors }) => ["exposures", ...Object.keys(errors)]);
  expect(series.length).toBeLessThanOrEqual(200);
  expect(Object.keys(counted[0]?.errors ?? {})).toHaveLength(33);
  expect(counted.at(-1)?.flag).toBe("_other");
  const total = counted.flatMap(({ errors }) => Object.values(errors)).reduce((a, b) => a + b, 0);
  expect(total).toBe(40 + 299);
  expect(counted.reduce((sum, { exposures }) => sum + exposures, 0)).toBe(40 + 299);
});

test("a flag that is called _other opens no cells beyond", () => {
  const cells = createClientCells();
  for (let unit = 0; unit < 500; unit++) {
    const { flags, ...report } = reportOf(`unit-${unit}`, "_other");
    cells.count({ ...report, flags: flags.map((one) => ({ ...one, variant: `v${unit}` })) });
  }
  expect(cells.snapshot().cells).toMatchObject([{ flag: "_other", errors: { TypeError: 500 } }]);
});
