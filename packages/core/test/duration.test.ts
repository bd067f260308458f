import { expect, test } from "vitest";
import { millisecondsOf } from "../src/duration.js";

test.each([
  [0, 0],
  [1500, 1500],
  ["30s", 30_000],
  ["10m", 600_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["0s", 0],
  ["1.5h", 5_400_000],
])("%o is %d ms", (duration, milliseconds) => {
  expect(millisecondsOf(duration)).toBe(milliseconds);
});

test.each([
  [-1],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  ["-1s"],
  ["1"],
  ["1 h"],
  ["1w"],
  ["1h30m"],
  ["1e3s"],
  ["s"],
  [""],
  [null],
  [undefined],
  [true],
  [["1h"]],
  [{ toString: () => "1h" }],
])("%o is no duration", (given) => {
  expect(millisecondsOf(given)).toBeUndefined();
});
