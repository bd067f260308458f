import { all, any, attr, inSegment, not } from "@burgee/core";
import { expect, test } from "vitest";
import { holds } from "./decide.js";

const pro = attr("plan").is("pro");
const dutch = attr("country").is("NL");
const contexts = [{}, { plan: "pro" }, { country: "NL" }, { plan: "pro", country: "NL" }];

test("all holds where every condition does, any where one does, not where none does", () => {
  expect(contexts.map((context) => holds(all(pro, dutch), context))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect(contexts.map((context) => holds(any(pro, dutch), context))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(contexts.map((context) => holds(not(pro), context))).toEqual([true, false, true, false]);
});

test("they are written without needless nesting", () => {
  expect(all(pro)).toBe(pro);
  expect(any(dutch)).toBe(dutch);
  expect(all(all(pro, dutch), pro)).toEqual({ and: [pro, dutch, pro] });
  expect(any(pro, any(dutch, pro))).toEqual({ or: [pro, dutch, pro] });
  expect(any(all(pro, dutch), pro)).toEqual({ or: [{ and: [pro, dutch] }, pro] });
  expect(not(pro)).toEqual({ "!": [pro] });
});

test("a segment is a shared condition, by name", () => {
  expect(inSegment("dutch")).toEqual({ $ref: "dutch" });
  expect(holds(inSegment("dutch"), { country: "NL" }, { segments: { dutch } })).toBe(true);
  expect(holds(not(inSegment("dutch")), { country: "NL" }, { segments: { dutch } })).toBe(false);
});

test("conditions are plain data that nobody can change", () => {
  const both = all(pro, dutch);
  expect(JSON.parse(JSON.stringify(both))).toEqual(both);
  expect([both, both["and"], pro, pro["==="]].every(Object.isFrozen)).toBe(true);
});

test.each([
  ["all", all],
  ["any", any],
])("%s of no conditions is a fault", (name, build) => {
  expect(() => (build as () => unknown)()).toThrow(
    expect.objectContaining({
      code: "INVALID_RULE",
      message: expect.stringContaining(`${name}()`),
    }),
  );
});
