import { expect, test } from "vitest";
import { abortedAfter, countCells, exposure, failed, ok } from "./outcomes.js";

const empty = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const at20ms = (count: number) => [0, 0, count, ...empty.slice(3)];

test("counts by flag, split and variant", () => {
  const { cells, count } = countCells();
  for (const [variant, split] of [
    ["on", "a"],
    ["on", "b"],
    ["off", "a"],
    ["on", "a"],
    ["on"],
  ] as const) {
    count(exposure("new-checkout", variant, split));
  }
  count(exposure("search-ranking", "on", "a"));
  expect(
    cells
      .snapshot()
      .map(({ flag, variant, split, exposures }) => [flag, variant, split, exposures]),
  ).toEqual([
    ["new-checkout", "on", "a", 2],
    ["new-checkout", "on", "b", 1],
    ["new-checkout", "off", "a", 1],
    ["new-checkout", "on", undefined, 1],
    ["search-ranking", "on", "a", 1],
  ]);
});

test("counts errors by type, each with its durations, and the aborted apart, without one", () => {
  const { cells, count } = countCells();
  const outcomes = [ok, failed("TypeError"), failed("503"), failed("TypeError"), abortedAfter(20)];
  for (const outcome of outcomes) count(exposure("new-checkout", "on"), outcome);
  expect(cells.snapshot()).toEqual([
    {
      flag: "new-checkout",
      variant: "on",
      exposures: 5,
      reasons: { targeting_match: 5 },
      errors: { TypeError: 2, "503": 1 },
      aborted: 1,
      streaming: 0,
      failedTraces: [],
      durations: at20ms(4),
      timings: {
        "": { seconds: 0.02, durations: at20ms(1) },
        TypeError: { seconds: 0.04, durations: at20ms(2) },
        "503": { seconds: 0.02, durations: at20ms(1) },
      },
    },
  ]);
});

test("a caller who goes away after 5 s has met a timeout; one who goes away earlier has not", () => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on"), abortedAfter(4999));
  count(exposure("new-checkout", "on"), abortedAfter(5001));
  expect(cells.snapshot()).toMatchObject([
    { exposures: 2, aborted: 1, errors: { timeout: 1 }, timings: { timeout: { seconds: 5.001 } } },
  ]);
});

test("a caller waits too long, on either side, past what 99 of 100 of the safe side's take", () => {
  const { cells, count } = countCells({ safeVariant: () => "off" });
  const on = exposure("new-checkout", "on", "a");
  const off = exposure("new-checkout", "off", "a");
  for (let requests = 0; requests < 99; requests++) count(off); // 20 ms each
  count(on, abortedAfter(26));
  expect(cells.snapshot()[1]).toMatchObject({ variant: "on", aborted: 1, errors: {} });
  count(off); // the hundredth: now there is a 99th percentile, just below 25 ms
  count(on, abortedAfter(26));
  count(off, abortedAfter(26));
  count(on, abortedAfter(20));
  count(exposure("new-checkout", "on", "b"), abortedAfter(26)); // another split's safe side
  expect(cells.snapshot()).toMatchObject([
    { variant: "off", aborted: 0, errors: { timeout: 1 } },
    { variant: "on", aborted: 2, errors: { timeout: 1 } },
    { variant: "on", split: "b", aborted: 1, errors: {} },
  ]);
});

test("of a safe side that is slower than 5 s, or that a gate answers, 5 s are what counts", () => {
  const { cells, count } = countCells({ safeVariant: () => "off" });
  for (let requests = 0; requests < 200; requests++) {
    count(exposure("slow-report", "off"), { status: "ok", duration: 9000 });
    count(exposure("new-checkout", "off", undefined, { gated: true }));
  }
  count(exposure("slow-report", "on"), abortedAfter(6000));
  count(exposure("new-checkout", "on"), abortedAfter(4000));
  const on = cells.snapshot().filter(({ variant }) => variant === "on");
  expect(on).toMatchObject([
    { flag: "slow-report", aborted: 0, errors: { timeout: 1 } },
    { flag: "new-checkout", aborted: 1, errors: {} },
  ]);
});

test("a caller who goes away from an answer that had begun has met no timeout", () => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on"), { ...abortedAfter(20_000), headersSent: true });
  expect(cells.snapshot()).toMatchObject([{ aborted: 1, errors: {}, durations: empty }]);
});

test("a stream counts as one, without a duration, however it ends", () => {
  const { cells, count } = countCells();
  const read = exposure("new-checkout", "on");
  count(read, { status: "ok", streaming: true });
  count(read, { status: "aborted", streaming: true });
  count(read, { status: "error", streaming: true, errorType: "TypeError" });
  expect(cells.snapshot()).toMatchObject([
    { exposures: 3, streaming: 3, aborted: 0, errors: { TypeError: 1 }, durations: empty },
  ]);
});

test.each([
  ["overridden", [exposure("new-checkout", "on", "a", { overridden: true, gated: true })], false],
  ["pinned", [exposure("new-checkout", "on", "a", { pinned: true })], true],
  ["reidentified", [exposure("new-checkout", "on", "a", { gated: true })], true],
  ["gated", [exposure("new-checkout", "on", "a", { gated: true })], false],
] as const)("what is %s counts apart, with its outcome", (mark, read, reidentified) => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on", "a"));
  count(read, failed("TypeError"), reidentified);
  expect(cells.snapshot()).toMatchObject([
    { variant: "on", exposures: 1, errors: {} },
    { variant: "on", exposures: 1, errors: { TypeError: 1 }, mark },
  ]);
  expect(cells.snapshot()[0]).not.toHaveProperty("mark");
});

test("of two variants of a flag in one scope, the first counts and the second is a conflict", () => {
  const { cells, count } = countCells();
  const [on, off] = [exposure("new-checkout", "on", "a"), exposure("new-checkout", "off", "a")];
  count([on, off, exposure("search-ranking", "off", "a")]);
  count(off);
  expect(
    cells.snapshot().map(({ variant, mark, exposures }) => [variant, mark, exposures]),
  ).toEqual([
    ["on", undefined, 1],
    ["off", "conflict", 1],
    ["off", undefined, 1],
    ["off", undefined, 1],
  ]);
  expect(cells.splits()[0]?.units).toEqual({ on: 1, off: 0 });
});

test("what was decided in an outage compares: the last rules split as fairly", () => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on", "a", { stale: true }));
  count(exposure("new-checkout", "on", "a"));
  expect(cells.snapshot()).toMatchObject([{ exposures: 2 }]);
});

test("a snapshot stays as it is", () => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on", "a"));
  const before = [cells.snapshot(), cells.splits()];
  const copy = structuredClone(before);
  count(exposure("new-checkout", "on", "a", { unit: "bob" }), failed("TypeError"));
  expect(before).toEqual(copy);
});

test("a unit, which is personal data, is in no snapshot", () => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on", "a"));
  expect(JSON.stringify([cells.snapshot(), cells.splits()])).not.toContain("ada");
});

test("cells beyond what there is room for are counted together, visibly", () => {
  const { cells, count } = countCells();
  for (let index = 0; index < 2000; index++) count(exposure(`flag-${index}`, "on"));
  count(exposure("flag-7", "on"));
  count(exposure("flag-7", "off"));
  const snapshot = cells.snapshot();
  expect(snapshot).toHaveLength(500);
  expect(snapshot.at(-1)).toMatchObject({ flag: "_other", variant: "_other", exposures: 1502 });
  expect(snapshot[7]).toMatchObject({ flag: "flag-7", exposures: 2 });
});

test("a flag that is called _other opens no cells beyond", () => {
  const { cells, count } = countCells();
  for (let index = 0; index < 2000; index++) count(exposure("_other", `v${index}`, `s${index}`));
  expect(cells.snapshot()).toMatchObject([{ flag: "_other", variant: "_other", exposures: 2000 }]);
});

test("beyond 32 error types of a cell, the rest is counted together", () => {
  const { cells, count } = countCells();
  for (let index = 0; index < 100; index++)
    count(exposure("new-checkout", "on"), failed(`E${index}`));
  const errors = cells.snapshot()[0]?.errors ?? {};
  expect(Object.keys(errors)).toHaveLength(33);
  expect(errors["_other"]).toBe(68);
});

test("error types leave room for cells, and cells for every error", () => {
  const { cells, count } = countCells();
  for (let flag = 0; flag < 1000; flag++) {
    for (let type = 0; type < 3; type++) count(exposure(`flag-${flag}`, "on"), failed(`E${type}`));
  }
  const snapshot = cells.snapshot();
  expect(snapshot).toHaveLength(350); // of 1,000 series 300 are named errors', and each has two
  expect(snapshot[349]).toMatchObject({ flag: "_other", errors: { _other: 3 * 651 } });
  expect(snapshot[348]?.errors).toEqual({ _other: 3 });
});

test.each(["payment of ada@example.com failed", "E".repeat(65), "a\nb", ""])(
  "an error type that is no name is not kept: %j",
  (errorType) => {
    const { cells, count } = countCells();
    count(exposure("new-checkout", "on"), failed(errorType));
    expect(cells.snapshot()[0]?.errors).toEqual({ _other: 1 });
  },
);

test.each(["constructor", "__proto__"])("an error type may be called %s", (errorType) => {
  const { cells, count } = countCells();
  count(exposure("new-checkout", "on"), failed(errorType));
  expect(Object.entries(cells.snapshot()[0]?.errors ?? {})).toEqual([[errorType, 1]]);
});

test("a trace that is none is not kept", () => {
  const { cells, count } = countCells({ traceId: () => "f".repeat(10_000) });
  count(exposure("new-checkout", "on"), failed("TypeError"));
  expect(cells.snapshot()[0]?.failedTraces).toEqual([]);
});
