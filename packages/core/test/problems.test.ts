import { BurgeeError } from "@burgee/core";
import { beforeEach, expect, test } from "vitest";
import { createProblems, type Problems } from "../src/problems.js";

let told: BurgeeError[];
let problems: Problems;

beforeEach(() => {
  told = [];
  problems = createProblems((problem) => told.push(problem));
});

function report(code: "GENERAL" | "PARSE_ERROR", flag: string): void {
  problems.once(code, flag, () => new BurgeeError(code, "It broke.", { flag }));
}

test("tells a problem once per code and flag", () => {
  for (let time = 0; time < 3; time++) {
    report("GENERAL", "a");
    report("GENERAL", "b");
    report("PARSE_ERROR", "a");
  }
  expect(told.map(({ code, flag }) => [code, flag])).toEqual([
    ["GENERAL", "a"],
    ["GENERAL", "b"],
    ["PARSE_ERROR", "a"],
  ]);
});

test("does not make an error that it will not tell", () => {
  report("GENERAL", "a");
  problems.once("GENERAL", "a", () => expect.fail("made an error in vain"));
});

test("tells a problem again with another revision", () => {
  report("GENERAL", "a");
  problems.renew();
  report("GENERAL", "a");
  expect(told).toHaveLength(2);
});

test("a problem that comes up while it is told is not told again", () => {
  const again = createProblems((problem) => {
    told.push(problem);
    again.once("GENERAL", "a", () => problem);
  });
  again.once("GENERAL", "a", () => new BurgeeError("GENERAL", "It broke."));
  expect(told).toHaveLength(1);
});

test("tells 1,000 problems of a revision at most", () => {
  for (let index = 0; index < 1500; index++) report("GENERAL", `flag-${index}`);
  expect(told).toHaveLength(1000);
  problems.renew();
  report("GENERAL", "flag-1499");
  expect(told).toHaveLength(1001);
});
