import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";

export const title = "What do overrides, and the report's notes, cost a test of Vitest?";

export const figures = {
  plain: "a test that reads two flags, ms",
  control: "the same again, ms",
  adds: "a flagTest, with the setup file, adds, ms",
};

export const isFor = (name) => name === burgee;

const root = fileURLToPath(new URL("vitest-suite", import.meta.url));

/** A real run of Vitest, of 3000 tests in each of three projects. */
export async function measure() {
  const vitest = await startVitest("test", [], {
    root,
    config: `${root}/vitest.config.mjs`,
    watch: false,
    reporters: [{}],
  });
  const modules = vitest.state.getTestModules();
  assert(
    modules.every((module) => module.ok()),
    "every test passes",
  );
  const costs = Object.fromEntries(modules.map((module) => [module.project.name, costOf(module)]));
  await vitest.close();
  const { plain, again, flagged } = costs;
  return { plain, control: Math.abs(again - plain), adds: flagged - plain };
}

/**
 * What a test of it takes, in milliseconds: from its begin to the next one's, hooks included. Of blocks
 * of a hundred tests the one counts that a fifth are quicker than, as in `paired`.
 */
function costOf(module) {
  const begins = [...module.children.allTests()].map((test) => test.diagnostic().startTime);
  const blocks = begins.filter((_, index) => index % 100 === 0);
  const costs = blocks.slice(1).map((begin, index) => (begin - blocks[index]) / 100);
  return costs.toSorted((first, second) => first - second)[Math.floor(costs.length / 5)];
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  return [
    atMost(
      "Vitest: a flagTest, with the setup file, adds to a test",
      "ms",
      answers[burgee]?.adds,
      1,
    ),
  ];
}
