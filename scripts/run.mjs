import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command in the root and shows what it prints; its exit code. */
export function run(command, ...args) {
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    NEXT_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
  };
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (error !== undefined) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** Installs what the package-lock.json of a folder names, unless that was done since it changed. */
export function install(folder = ".") {
  const installed = `${root}/${folder}/node_modules/.package-lock.json`;
  const fresh =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(`${root}/${folder}/package-lock.json`).mtimeMs;
  return fresh ? 0 : run("npm", "ci", "--prefix", folder);
}
