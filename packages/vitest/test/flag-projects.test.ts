import { defineFlags } from "@burgee/core";
import { flagProjects } from "@burgee/vitest";
import { describe, expect, test } from "vitest";
import { runVitest } from "./run-vitest.js";
import { definitions } from "./shop.js";

/** What each of the projects serves, by its name. */
function servedIn(projects: ReturnType<typeof flagProjects>) {
  return Object.fromEntries(
    projects.map(({ test }) => [test?.name, test?.provide?.["burgee.flags"]?.overrides]),
  );
}

describe("a suite runs with a flag on and off", () => {
  test("a bug that is there only while the flag is off: the plain suite is green", async () => {
    const { exitCode, output } = await runVitest("shop");
    expect(output).toMatch(/Tests {2}3 passed/);
    expect(exitCode).toBe(0);
  }, 60_000);

  test("flagProjects runs it on and off, is red, and names the flag", async () => {
    const { exitCode, output } = await runVitest("shop", "vitest.flags.config.ts");
    expect(output).toMatch(/✓ \|flags on\| checkout\.spec\.ts \(3 tests\)/);
    expect(output).toMatch(/❯ \|flags off\| checkout\.spec\.ts \(3 tests \| 1 failed\)/);
    const blamed = /It failed with all flags off; it had read new-checkout=off\./g;
    expect(output.match(blamed), "once, however often it was tried").toHaveLength(1);
    expect(exitCode).toBe(1);
  }, 60_000);
});

test("tests share no global provider: 50 of one file run in parallel, with opposite overrides", async () => {
  const { exitCode, output } = await runVitest("parallel");
  expect(output).toMatch(/Tests {2}51 passed/);
  expect(exitCode).toBe(0);
}, 60_000);

test("on is what is not the default, or true; off the default, or false; permissions stay", () => {
  expect(servedIn(flagProjects(definitions))).toEqual({
    "flags on": {
      "new-checkout": "on",
      "search-ranking": "hybrid",
      "page-size": "large",
      "card-payments": "on",
    },
    "flags off": {
      "new-checkout": "off",
      "search-ranking": "bm25",
      "page-size": "small",
      "card-payments": "off",
    },
  });
});

test("values that are true and false count, whatever their variants are called", () => {
  const written = defineFlags({
    "old-page": { default: "shown", variants: { hidden: false, shown: true } },
  });
  expect(servedIn(flagProjects(written))).toEqual({
    "flags on": { "old-page": "shown" },
    "flags off": { "old-page": "hidden" },
  });
});

test("a flag of one variant has it in both", () => {
  const alone = defineFlags({ theme: { default: "blue", variants: ["blue"] } });
  expect(servedIn(flagProjects(alone))).toEqual({
    "flags on": { theme: "blue" },
    "flags off": { theme: "blue" },
  });
});

test("several suites have projects of their own names", () => {
  const projects = flagProjects(definitions, { extends: "./unit.config.ts", name: "unit" });
  expect(projects.map((project) => [project.extends, project.test?.name])).toEqual([
    ["./unit.config.ts", "unit, flags on"],
    ["./unit.config.ts", "unit, flags off"],
  ]);
});
