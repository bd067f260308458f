// Run in a package after tsc: builds its src/ once more as CommonJS, into dist/cjs, for applications (and jest) that
// require it; or what another tsconfig than the package's names. The package.json beside the files tells Node and
// TypeScript what they are.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const tsc = fileURLToPath(new URL("../node_modules/typescript-7/bin/tsc", import.meta.url));
const [project = "."] = process.argv.slice(2);
const options = {
  module: "commonjs",
  moduleResolution: "bundler",
  verbatimModuleSyntax: "false",
  outDir: "dist/cjs",
  tsBuildInfoFile: "dist/cjs/.tsbuildinfo",
};

mkdirSync("dist/cjs", { recursive: true });
writeFileSync("dist/cjs/package.json", `${JSON.stringify({ type: "commonjs" })}\n`);

const overrides = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
const { status } = spawnSync(process.execPath, [tsc, "-p", project, ...overrides], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
