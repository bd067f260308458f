// npm run verify: installs (Chromium included), builds, checks types, style and arrows, and runs every test. Its last
// line adds up the runners' reports.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { install, root, run } from "./run.mjs";
import { services } from "./services.mjs";

const report = `${root}/.reports/vitest.json`;
rmSync(report, { force: true });
mkdirSync(`${root}/.reports`, { recursive: true });

const steps = {
  install,
  services,
  build: () => run("npx", "turbo", "run", "build", "--output-logs", "errors-only"),
  typecheck: () => run("npx", "turbo", "run", "typecheck", "--output-logs", "errors-only"),
  lint: () => run("npm", "run", "--silent", "lint"),
  test: () =>
    run("npx", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${report}`),
};

const failed = Object.entries(steps).find(([name, step]) => {
  console.log(`\n── ${name}`);
  return step() !== 0;
});

const { passed, failures } = count();
if (failed !== undefined) console.log(`\n${failed[0]} failed`);
console.log(`\n${passed} passed, ${failures || Number(failed !== undefined)} failed`);
process.exitCode = failed === undefined && passed > 0 ? 0 : 1;

function count() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
    return { passed: numPassedTests, failures: numFailedTests };
  } catch {
    return { passed: 0, failures: 0 };
  }
}
