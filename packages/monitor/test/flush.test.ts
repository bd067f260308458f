import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BurgeeError, type FlagStore } from "@burgee/core";
import { flushCounts, type MonitorSnapshot } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { buildProgram } from "../../stores/test/build-program.js";
import { newCheckout as countedCheckout, countedFlags } from "./counted.js";
import { guarded, newCheckout, withCheckout } from "./guard/guarded.js";

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burgee-flush-"));
  program = await buildProgram(join(import.meta.dirname, "flush-program.ts"), folder);
});

afterAll(() => rm(folder, { recursive: true }));

/** A process that has done some work is sent a SIGTERM; what it has written, and how it ended. */
async function terminate(ending: string) {
  const path = join(folder, `${ending}.ndjson`);
  const server = spawn(process.execPath, [program, path, ending], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const ended = once(server, "exit");
  await once(server.stdout, "data");
  server.kill("SIGTERM");
  const [code, signal] = await ended;
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line !== "");
  return { end: signal ?? code, written: lines.map((line) => JSON.parse(line)) };
}

const counted = [{ variant: "on", exposures: 2, errors: { TypeError: 1 } }];

test("a process that gets a SIGTERM writes its counts, and ends by it", async () => {
  expect(await terminate("alone")).toEqual({ end: "SIGTERM", written: [counted] });
});

test("where the application ends by itself, what its last requests came to is written, too", async () => {
  const last = [{ variant: "on", exposures: 1, errors: {} }];
  expect(await terminate("drains")).toEqual({ end: 0, written: [counted, last] });
});

test("a write that never ends keeps no process alive", async () => {
  expect(await terminate("stuck")).toEqual({ end: "SIGTERM", written: [] });
});

test("of two that write their counts, neither ends the process before the other has", async () => {
  expect(await terminate("twice")).toEqual({ end: "SIGTERM", written: [counted, counted] });
});

/** A monitor whose counts are written to a list. */
function written(options = {}) {
  const { monitor, work } = countedFlags(countedCheckout(100));
  const writes: MonitorSnapshot[] = [];
  const refuse = { next: false };
  const write = async (counts: MonitorSnapshot) => {
    if (refuse.next) throw new RangeError("the disk is full");
    writes.push(counts);
  };
  const flushing = flushCounts(monitor, write, options);
  onTestFinished(() => flushing.close());
  const exposures = () => writes.map(({ cells }) => cells[0]?.exposures);
  return { work: () => work("ada", ["new-checkout"]), flushing, exposures, refuse };
}

test("each write has what was counted since the one before, and there is none of nothing", async () => {
  const { work, flushing, exposures } = written();
  work();
  await Promise.all([flushing.flush(), flushing.flush()]);
  await flushing.flush();
  work();
  work();
  await flushing.flush();
  expect(exposures()).toEqual([1, 2]);
});

test("what could not be written is written with the next", async () => {
  const { work, flushing, exposures, refuse } = written();
  work();
  refuse.next = true;
  await expect(flushing.flush()).rejects.toThrow("the disk is full");
  refuse.next = false;
  work();
  await flushing.flush();
  expect(exposures()).toEqual([2]);
});

test("a trip is written, though nothing was counted since the last time", async () => {
  const held = memoryStore(withCheckout(newCheckout(50)));
  let gone = true;
  const store: FlagStore = {
    ...held,
    async commit(change) {
      if (gone) throw new BurgeeError("SOURCE_UNAVAILABLE", "It is gone.");
      return await held.commit(change);
    },
  };
  const { monitor, guard, bucket } = await guarded({ store });
  const trips: number[] = [];
  const flushing = flushCounts(monitor, ({ guards: [on] }) => trips.push(on?.trips ?? 0));
  onTestFinished(() => flushing.close());
  for (let count = 0; count < 3; count++) await bucket(100, { on: 0.2, off: 0.01 });
  await flushing.flush();
  gone = false;
  await guard.look();
  await flushing.flush();
  await flushing.flush();
  expect(trips).toEqual([0, 1]);
});

test("counts are written every so often, and a failure is told", async () => {
  const failed = vi.fn();
  const { work, exposures, refuse } = written({ every: 5, failed });
  refuse.next = true;
  work();
  await vi.waitFor(() => expect(failed).toHaveBeenCalledWith(new RangeError("the disk is full")));
  refuse.next = false;
  await vi.waitFor(() => expect(exposures()).toEqual([1]));
});

test("a process has no listeners of it before it is asked, nor after it is closed", async () => {
  const listeners = () =>
    ["SIGTERM", "SIGINT", "beforeExit"].map((name) => process.listenerCount(name));
  const before = listeners();
  const { work, flushing, exposures } = written({ signals: ["SIGTERM", "SIGINT"], every: "1h" });
  expect(listeners()).toEqual(before.map((count) => count + 1));
  work();
  await flushing.close();
  expect(exposures()).toEqual([1]);
  expect(listeners()).toEqual(before);
});

test.each([{ every: 0 }, { every: "soon" }, { timeout: -1 }])(
  "a time that is none throws: %j",
  (options) => {
    const before = process.listenerCount("SIGTERM");
    expect(() => written(options)).toThrow("[INVALID_OPTIONS]");
    expect(process.listenerCount("SIGTERM")).toBe(before);
  },
);
