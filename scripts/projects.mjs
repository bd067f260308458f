import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run } from "./run.mjs";
import { report } from "./steps.mjs";

const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/** Where projects run: outside of the repository, so that they find nothing of it. */
const outside = mkdtempSync(join(tmpdir(), "burgee-compat-"));
process.once("exit", () => rmSync(outside, { recursive: true, force: true }));

const packed = join(outside, "packed");

/** The projects of compat/: applications such as users have. */
export const projects = readdirSync(`${root}compat`).filter((name) =>
  existsSync(`${root}compat/${name}/package.json`),
);

/** Packs the packages, as they would be published, and tries them in all these projects; how many failed. */
export function compat(names = projects) {
  if (pack() !== 0) return 1;
  const failed = names.filter((name) => {
    console.log(`\n── compat/${name}`);
    return tryIn(name) !== 0;
  });
  if (failed.length > 0) console.log(`\nFailed in compat: ${failed.join(", ")}`);
  return failed.length;
}

function pack() {
  mkdirSync(packed, { recursive: true });
  const folders = readdirSync(`${root}packages`).map((name) => `./packages/${name}`);
  return run("npm", "pack", "--silent", "--pack-destination", packed, ...folders);
}

/**
 * Runs a project's tests, with what its lock file names. Its package.json says which packed
 * `packages` it has besides, and what it `copies` from here.
 */
function tryIn(name) {
  const folder = join(outside, name);
  const { packages, copies = {} } = read(`${root}compat/${name}/package.json`).compat;
  copy(`compat/${name}`, folder);
  for (const [from, to] of Object.entries(copies)) copy(from, join(folder, to));
  cpSync(packed, join(folder, "packed"), { recursive: true });

  const quiet = [
    "--loglevel",
    "error",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--prefix",
    folder,
  ];
  const status =
    run("npm", "ci", ...quiet) ||
    run("npm", "install", "--no-save", ...quiet, ...packages.map(tarball)) ||
    run("npm", "test", "--prefix", folder);
  const left = join(folder, "report.json");
  if (existsSync(left)) copyFileSync(left, report(name));
  return status;
}

function copy(from, to) {
  const filter = (path) => !path.includes("node_modules");
  cpSync(`${root}${from}`, to, { recursive: true, filter });
}

function tarball(name) {
  const { version } = read(`${root}packages/${name}/package.json`);
  return join(packed, `burgee-${name}-${version}.tgz`);
}
