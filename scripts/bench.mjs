// npm run bench [-- evaluate --only=burgee,limit-keyed --rounds=1]: installs the peers too, builds, and measures.
import { install, root, run } from "./run.mjs";

process.exitCode =
  install() ||
  run("npx", "turbo", "run", "build", "--output-logs", "errors-only") ||
  install("bench") ||
  run(process.execPath, `${root}/bench/run.mjs`, ...process.argv.slice(2));
