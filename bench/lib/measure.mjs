import { setTimeout as wait } from "node:timers/promises";
import { measure } from "mitata";

/** The median time of a call, in nanoseconds; of a call that gives a promise, until it settles. */
export async function time(/** @type {() => unknown} */ call) {
  const { p50 } = await measure(call, { min_cpu_time: 400e6, min_samples: 24 });
  return p50;
}

/** How long a call takes once, in milliseconds, and what it gives. */
export async function timeOnce(/** @type {() => unknown} */ call) {
  const start = performance.now();
  const result = await call();
  return { milliseconds: performance.now() - start, result };
}

/** The JavaScript heap in use, in MiB, once all garbage is collected. */
export async function heapInUse() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await wait(20);
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/**
 * How far the heap grows over so many calls, in bytes: the least of ten times, since a compiler that
 * works meanwhile allocates too.
 */
export function heapGrowth(/** @type {() => unknown} */ call, /** @type {number} */ calls) {
  const growths = Array.from({ length: 10 }, () => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let turn = 0; turn < calls; turn++) call();
    return process.memoryUsage().heapUsed - before;
  });
  return Math.min(...growths);
}
