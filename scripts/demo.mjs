// npm run demo [-- --stay]: installs, builds, and runs examples/release-day.
import { install, root, run } from "./run.mjs";

const example = "examples/release-day";

process.exitCode =
  install() ||
  run("npx", "turbo", "run", "build", "--filter", `./${example}`, "--output-logs", "errors-only") ||
  run(process.execPath, `${root}/${example}/dist/main.js`, ...process.argv.slice(2));
