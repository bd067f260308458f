import { currentScope } from "@burgee/core/ambient";
import { type FlagMatrix, type FlagMatrixOptions, flagMatrix } from "@burgee/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop } from "./shop.js";

/** By the suite's name: what its hook and its tests were served. */
const served = new Map<string, string[]>();

function read(): string {
  const scope = openShop().scope({});
  return `${scope.get("new-checkout")} ${scope.get("search-ranking")}`;
}

flagMatrix({ "new-checkout": ["on", "off"], "search-ranking": ["bm25", "hybrid"] })(
  "checkout",
  ({ "new-checkout": checkout, "search-ranking": ranking }) => {
    const expected = `${checkout === "on"} ${ranking}`;

    beforeAll(() => {
      expect(currentScope()).toBeUndefined();
    });

    test("is served its combination", ({ task }) => {
      served.set(task.suite?.name ?? "", [read()]);
      expect(read()).toBe(expected);
    });

    test.concurrent("also in tests that run in parallel", async ({ expect }) => {
      await null;
      expect(read()).toBe(expected);
    });
  },
);

afterAll(() => {
  expect([...served]).toEqual([
    ["checkout (new-checkout=on, search-ranking=bm25)", ["true bm25"]],
    ["checkout (new-checkout=on, search-ranking=hybrid)", ["true hybrid"]],
    ["checkout (new-checkout=off, search-ranking=bm25)", ["false bm25"]],
    ["checkout (new-checkout=off, search-ranking=hybrid)", ["false hybrid"]],
  ]);
});

const three = {
  "new-checkout": ["on", "off"],
  "card-payments": ["on", "off"],
  "page-size": ["small", "large"],
} as const;

const combinations = { pairwise: 0, all: 0 };

flagMatrix(three)("of three flags it is pairwise", () => {
  test("so that four combinations do", () => void combinations.pairwise++);
});

flagMatrix(three, { pairwise: false })("of three flags, all", () => {
  test("so that there are eight", () => void combinations.all++);
});

test("a matrix of three flags is pairwise unless it says otherwise", () => {
  expect(combinations).toEqual({ pairwise: 4, all: 8 });
});

test("a suite's override ends with the suite", () => {
  expect(read()).toBe("false bm25");
});

/** A matrix of so many on/off flags, whatever they are called. */
function onOff(count: number, options?: FlagMatrixOptions) {
  const keys = [...Array(count).keys()].map((index) => `flag-${index}`);
  const matrix = Object.fromEntries(keys.map((key) => [key, ["on", "off"]]));
  return flagMatrix(matrix as FlagMatrix, options);
}

test("more than 100 combinations are refused, and how many there would be is said", () => {
  expect(() => onOff(7, { pairwise: false })).toThrow(/128 combinations; 100 are the most/);
  expect(() => onOff(7, { pairwise: false })).toThrow(
    expect.objectContaining({ code: "TOO_MANY_COMBINATIONS" }),
  );
  expect(() => onOff(40)).not.toThrow();
});

test("a flag without variants is refused", () => {
  expect(() => flagMatrix({ "new-checkout": [] })).toThrow(
    /no variants for the flag "new-checkout"/,
  );
});
