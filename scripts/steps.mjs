import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { install, root, run } from "./run.mjs";
import { services } from "./services.mjs";

const reports = `${root}.reports`;

/** Where a runner of tests leaves its report: the JSON of vitest and jest. */
export const report = (name) => `${reports}/${name}.json`;

/** Runs vitest, and keeps its report under a name. */
export const vitest = (name, ...options) =>
  run(
    "npx",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile=${report(name)}`,
    ...options,
  );

/** Runs the command on the flags of the example. */
const burgee = (command) =>
  run(
    "node",
    "packages/cli/bin/burgee.js",
    command,
    "--config",
    "examples/release-day/burgee.config.ts",
  );

const turbo = (task) => run("npx", "turbo", "run", task, "--output-logs", "errors-only");

/** The steps of `npm run verify`: each gives 0 where all is well. */
export const steps = {
  install,
  services,
  build: () => turbo("build"),
  flags: () => burgee("check") || burgee("plan"),
  typecheck: () => turbo("typecheck"),
  lint: () => run("npm", "run", "--silent", "lint"),
  test: () => vitest("vitest"),
};

/** Takes steps until one fails. Its last line adds up what the runners of tests have reported. */
export function take(steps) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const failed = Object.entries(steps).find(([name, step]) => {
    console.log(`\n── ${name}`);
    return step() !== 0;
  });
  const { passed, failures } = count();
  if (failed !== undefined) console.log(`\n${failed[0]} failed`);
  console.log(`\n${passed} passed, ${failures || Number(failed !== undefined)} failed`);
  process.exitCode = failed === undefined && passed > 0 ? 0 : 1;
}

function count() {
  const found = readdirSync(reports).map(read);
  const sum = (field) => found.reduce((total, one) => total + one[field], 0);
  return { passed: sum("numPassedTests"), failures: sum("numFailedTests") };
}

/** A report; of a runner that was stopped as it wrote, nothing. */
function read(name) {
  try {
    return JSON.parse(readFileSync(`${reports}/${name}`, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}
