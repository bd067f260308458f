import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the example. */
export const example = fileURLToPath(new URL("..", import.meta.url));

const { NODE_ENV: _, ...inherited } = process.env;

/** The environment of the example's processes: not the one that vitest makes. */
export const environment = { ...inherited, NEXT_TELEMETRY_DISABLED: "1" };

/** Builds the shop, with all that it is made of where that is here; the build's report. */
export function buildShop(): string {
  const [command, ...options] = existsSync(join(example, "turbo.json"))
    ? ["turbo", "run", "build", "--output-logs", "full", "--log-prefix", "none"]
    : ["next", "build"];
  return execFileSync("npx", [command as string, ...options], {
    cwd: example,
    env: environment,
    encoding: "utf8",
  });
}
