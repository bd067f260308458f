import { readdirSync } from "node:fs";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const source = ["@burgee/source", "module", "node", "import", "default"];

/** A workspace's tests, and its type tests in a program of their own. */
function project(root: string): TestProjectConfiguration {
  return {
    root,
    resolve: { conditions: source },
    ssr: { resolve: { conditions: source } },
    test: {
      name: root,
      include: ["test/**/*.test.ts"],
      typecheck: {
        enabled: true,
        checker: `${import.meta.dirname}/node_modules/typescript-7/bin/tsc`,
        include: ["test/**/*.test-d.ts"],
        tsconfig: `${import.meta.dirname}/${root}/test/tsconfig.json`,
      },
    },
  };
}

const workspaces = ["packages", "examples"].flatMap((folder) =>
  readdirSync(`${import.meta.dirname}/${folder}`).map((name) => `${folder}/${name}`),
);

export default defineConfig({ test: { projects: workspaces.map(project) } });
