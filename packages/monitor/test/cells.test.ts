import type { Exposure, Outcome } from "@burgee/core";
import { expect, test } from "vitest";
import { createCells } from "../src/cells.js";

const ok: Outcome = { status: "ok", duration: 20 };

function exposure(flag: string, variant: string, split?: string): Exposure {
  const details = {
    value: true,
    variant,
    reason: "TARGETING_MATCH",
    flagMetadata: {},
    ...(split !== undefined && { split: { id: split, unit: "ada@example.com", share: {} } }),
  } as const;
  return { flag, variant, details, gated: false, scope: {} };
}

test("counts by flag, split and variant", () => {
  const cells = createCells();
  for (const [variant, split] of [
    ["on", "a"],
    ["on", "b"],
    ["off", "a"],
    ["on", "a"],
    ["on"],
  ] as const) {
    cells.count(exposure("new-checkout", variant, split), ok);
  }
  cells.count(exposure("search-ranking", "on", "a"), ok);
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

test("counts errors by type, and the aborted apart, without a duration", () => {
  const cells = createCells();
  const outcomes: Outcome[] = [
    ok,
    { status: "error", duration: 20, errorType: "TypeError" },
    { status: "error", duration: 20, errorType: "503" },
    { status: "error", duration: 20, errorType: "TypeError" },
    { status: "aborted", duration: 20 },
  ];
  for (const outcome of outcomes) cells.count(exposure("new-checkout", "on"), outcome);
  expect(cells.snapshot()).toEqual([
    {
      flag: "new-checkout",
      variant: "on",
      exposures: 5,
      errors: { TypeError: 2, "503": 1 },
      aborted: 1,
      failedTraces: [],
      durations: [0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
  ]);
});

test("a snapshot stays as it is", () => {
  const cells = createCells();
  cells.count(exposure("new-checkout", "on"), ok);
  const before = cells.snapshot();
  const copy = structuredClone(before);
  cells.count(exposure("new-checkout", "on"), { ...ok, errorType: "TypeError", status: "error" });
  expect(before).toEqual(copy);
});

test("a unit, which is personal data, is in no snapshot", () => {
  const cells = createCells();
  cells.count(exposure("new-checkout", "on", "a"), ok);
  expect(JSON.stringify(cells.snapshot())).not.toContain("ada@example.com");
});

test("beyond 1,200 cells, the rest is counted together and is visible", () => {
  const cells = createCells();
  for (let index = 0; index < 2000; index++) cells.count(exposure(`flag-${index}`, "on"), ok);
  cells.count(exposure("flag-7", "on"), ok);
  const snapshot = cells.snapshot();
  expect(snapshot).toHaveLength(1201);
  expect(snapshot.at(-1)).toMatchObject({ flag: "_other", variant: "_other", exposures: 800 });
  expect(snapshot[7]).toMatchObject({ flag: "flag-7", exposures: 2 });
});

test("beyond 32 error types of a cell, the rest is counted together", () => {
  const cells = createCells();
  for (let index = 0; index < 100; index++) {
    const failed = { status: "error", duration: 20, errorType: `E${index}` } as const;
    cells.count(exposure("new-checkout", "on"), failed);
  }
  const errors = cells.snapshot()[0]?.errors ?? {};
  expect(Object.keys(errors)).toHaveLength(33);
  expect(errors["_other"]).toBe(68);
});
