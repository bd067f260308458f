import { expect, test } from "vitest";
import { isSkewed } from "../../src/guard/skew.js";

const uneven = {
  units: { on: 700, off: 300, other: 500 },
  expected: { on: 500, off: 500, other: 500 },
  pValue: 1e-9,
};

test("a split of which too many have the treatment is skewed, and one of which too few do is not", () => {
  expect(isSkewed(uneven, "on", "off")).toBe(true);
  expect(isSkewed(uneven, "off", "on")).toBe(false);
});

test("it goes by the treatment beside the safe variant, whatever else there is", () => {
  expect(isSkewed(uneven, "other", "on")).toBe(false);
  expect(isSkewed(uneven, "other", "off")).toBe(true);
});

test("a split that may well be as it should is not skewed, and none is that is not counted", () => {
  expect(isSkewed({ ...uneven, pValue: 0.001 }, "on", "off")).toBe(false);
  expect(isSkewed(undefined, "on", "off")).toBe(false);
});

test("a variant that is given nothing does not skew anything", () => {
  const { units, expected, pValue } = uneven;
  const none = { units: { ...units, on: 0 }, expected: { ...expected, on: 0 }, pValue };
  expect(isSkewed(none, "on", "off")).toBe(false);
  expect(isSkewed(none, "off", "on")).toBe(false);
});
