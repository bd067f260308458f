// node run.mjs [question…] [--only=adapter,…] [--rounds=6]: asks, prints what it found, and fails if a bound does.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { adapterNames, describe } from "./lib/adapters.mjs";
import { ask } from "./lib/ask.mjs";
import { boundsTable, verdict } from "./lib/bounds.mjs";
import { markdownTable } from "./lib/markdown.mjs";

const { values, positionals } = parseArgs({
  options: { only: { type: "string" }, rounds: { type: "string", default: "6" } },
  allowPositionals: true,
});
const all = [
  "evaluate",
  "load",
  "delta",
  "allocate",
  "express",
  "nest",
  "next",
  "propagate",
  "monitor",
  "telemetry",
  "listeners",
  "evidence",
  "vitest",
];
const questions = known(all, positionals);
const adapters = known(adapterNames, values.only?.split(",") ?? []);
const rounds = Number(values.rounds);
if (!(rounds >= 1)) throw new Error(`not a number of rounds: ${values.rounds}`);

const run = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: cpus()[0]?.model ?? "unknown",
  rounds,
  systems: {},
  answers: {},
  bounds: [],
};
for (const adapter of adapters) {
  run.systems[adapter] = await describe(adapter).catch(nameOnly(adapter));
}

let failed = 0;
for (const name of questions) {
  const question = await import(`./${name}.mjs`);
  const { answers, failures } = await ask(
    name,
    adapters.filter(question.isFor),
    question.rounds ?? rounds,
    question.nodeOptions,
  );
  run.answers[name] = answers;
  run.bounds.push(...question.bounds(answers));

  const figures = Object.keys(question.figures);
  const rows = Object.entries(answers).map(([adapter, answer]) => [
    run.systems[adapter].name,
    ...figures.map((figure) => answer[figure]),
  ]);
  const heads = ["system", ...Object.values(question.figures)];
  console.log(`\n${question.title}\n\n${markdownTable([heads, ...rows])}\n`);
  for (const [adapter, failure] of Object.entries(failures)) {
    console.error(`${adapter} failed:\n${failure}`);
    failed++;
  }
}

const results = new URL("results/", import.meta.url);
mkdirSync(results, { recursive: true });
writeFileSync(new URL("last.json", results), JSON.stringify(run, undefined, 2));

console.log(`\nWhat must hold\n\n${markdownTable(boundsTable(run.bounds))}`);
failed += run.bounds.filter((bound) => verdict(bound) === "FAIL").length;
process.exitCode = failed === 0 ? 0 : 1;

/** The wanted ones of all there are; all of them if none is wanted. */
function known(all, wanted) {
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no ${unknown.join(", ")}; there is ${all.join(", ")}`);
  return wanted.length === 0 ? all : all.filter((name) => wanted.includes(name));
}

/** An adapter that cannot be imported fails each question; until then it has a name. */
function nameOnly(name) {
  return () => ({ name, versions: [] });
}
