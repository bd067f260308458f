import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What a run of Vitest has come to. */
export interface VitestRun {
  readonly exitCode: number;
  /** All that it printed. */
  readonly output: string;
}

/** Runs the tests of a folder of `projects/` by a Vitest of their own, over the packages as built. */
export function runVitest(project: string, config = "vitest.config.ts"): Promise<VitestRun> {
  const folder = join(import.meta.dirname, "projects", project);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^VITEST|^BURGEE|^NODE_OPTIONS$|COLOR/.test(name),
    ),
  );
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, "run", "--root", folder, "--config", config],
      { env: { ...env, NO_COLOR: "1" } },
      (error, stdout, stderr) => {
        resolve({ exitCode: Number(error?.code ?? 0), output: stdout + stderr });
      },
    );
  });
}
