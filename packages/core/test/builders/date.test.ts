import { after, before } from "@burgee/core";
import { describe, expect, test } from "vitest";
import { holds } from "./decide.js";

const monday = Date.UTC(2027, 0, 4, 9);

test("before holds until the date, after from the date on, to the second", () => {
  const at = (now: number) => [
    holds(before(new Date(monday)), {}, { now }),
    holds(after(new Date(monday)), {}, { now }),
  ];
  expect(at(monday - 1)).toEqual([true, false]);
  expect(at(monday)).toEqual([false, true]);
  expect(at(monday + 1000)).toEqual([false, true]);
});

test("they compare flagd's timestamp with whole seconds", () => {
  const now = { var: "$flagd.timestamp" };
  expect(before(new Date(monday))).toEqual({ "<": [now, monday / 1000] });
  expect(after(new Date(monday))).toEqual({ ">=": [now, monday / 1000] });
});

describe("a date may be", () => {
  test.each<[string, Date | string, number]>([
    ["a Date", new Date(monday), monday],
    ["a text in UTC", "2027-01-04T09:00:00Z", monday],
    ["a text without seconds", "2027-01-04T09:00Z", monday],
    ["a text with an offset", "2027-01-04T10:00:00+01:00", monday],
    ["a day, from midnight UTC", "2027-01-04", Date.UTC(2027, 0, 4)],
    ["a leap day", "2028-02-29", Date.UTC(2028, 1, 29)],
    ["a part of a second, which counts as a whole one", "2027-01-04T08:59:59.001Z", monday],
    ["long ago", "1969-07-20T20:17:40Z", Date.UTC(1969, 6, 20, 20, 17, 40)],
  ])("%s", (_, date, time) => {
    expect(after(date)).toEqual({ ">=": [{ var: "$flagd.timestamp" }, time / 1000] });
  });
});

describe("no date is", () => {
  test.each<[string, unknown]>([
    ["a time whose zone nobody knows", "2027-01-04T09:00:00"],
    ["an invalid Date", new Date("next week")],
    ["a day that no calendar has", "2027-02-30"],
    ["a time on a day that no calendar has", "2027-02-29T09:00:00Z"],
    ["an hour that no day has", "2027-01-04T25:00:00Z"],
    ["words", "next Monday"],
    ["a day in another order", "04-01-2027"],
    ["a day without its zeros", "2027-1-4"],
    ["an empty text", ""],
    ["a number", monday],
    ["null", null],
    ["nothing", undefined],
  ])("%s", (_, date) => {
    const fault = { code: "INVALID_RULE", message: expect.stringContaining("no date") };
    expect(() => before(date as Date)).toThrow(expect.objectContaining(fault));
    expect(() => after(date as Date)).toThrow(expect.objectContaining(fault));
  });
});
