import { expect, test } from "vitest";
import { countedFlags, newCheckout } from "./counted.js";
import { heapUsed } from "./heap.js";
import { parseOpenMetrics } from "./open-metrics.js";
import { countCells, exposure } from "./outcomes.js";

const MB = 2 ** 20;

test("a million settlements of ever new names leave the memory flat, and are all counted", async () => {
  const { cells, count } = countCells({ traceId: () => `trace-${asked++}` });
  let asked = 0;
  let settled = 0;
  const settle = (times: number) => {
    for (let index = 0; index < times; index++, settled++) {
      const read = exposure(`flag-${settled}`, `v-${settled}`, `/fractional#${settled}`, {
        unit: `user-${settled}`,
      });
      const known = exposure("new-checkout", "on", "a", { unit: `user-${settled}` });
      count([known, read], {
        status: "error",
        duration: settled % 12_000,
        errorType: `E${settled}`,
      });
    }
  };
  settle(20_000);
  const warm = await heapUsed();
  settle(1_000_000 - 20_000);
  expect((await heapUsed()) - warm).toBeLessThan(MB);
  const snapshot = cells.snapshot();
  const total = snapshot.reduce((sum, { exposures }) => sum + exposures, 0);
  expect(total).toBe(2_000_000);
  const series = snapshot.flatMap(({ errors }) => ["", ...Object.keys(errors)]);
  expect(series.length).toBeLessThanOrEqual(1000);
  expect(snapshot[0]).toMatchObject({ flag: "new-checkout", exposures: 1_000_000 });
}, 60_000);

test("requests with random errors and users leave the memory flat, and the text short", async () => {
  const { monitor, work } = countedFlags(newCheckout(50));
  let served = 0;
  const serve = (times: number) => {
    for (let index = 0; index < times; index++, served++) {
      const error = new Error(`order ${served}`);
      error.name = `Order${served}`;
      work(`user-${served}`, ["new-checkout", "search-ranking"], error);
    }
  };
  serve(30_000);
  const [warm, length] = [await heapUsed(), monitor.prometheus().length];
  serve(100_000);
  expect((await heapUsed()) - warm).toBeLessThan(MB);
  expect(monitor.prometheus().length).toBeLessThan(1.1 * length);
  const [evaluations, exposures] = parseOpenMetrics(monitor.prometheus());
  expect(evaluations?.samples.reduce((sum, { value }) => sum + value, 0)).toBe(2 * 130_000);
  expect(exposures?.samples.length).toBeLessThanOrEqual(1000);
  expect(exposures?.samples.reduce((sum, { value }) => sum + value, 0)).toBe(2 * 130_000);
}, 60_000);
