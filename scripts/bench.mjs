// npm run bench [-- evaluate --only=burgee,limit-keyed --rounds=1]: installs the peers too, builds core, and measures.
import { install, root, run } from "./run.mjs";

process.exitCode =
  install() ||
  run("npx", "turbo", "run", "build", "--filter", "@burgee/core", "--output-logs", "errors-only") ||
  install("bench") ||
  run(process.execPath, `${root}/bench/run.mjs`, ...process.argv.slice(2));
