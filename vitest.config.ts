import { readdirSync } from "node:fs";
import { defaultServerConditions } from "vite";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

/**
 * Packages of this repository are tested as written, not as built. Without `module`: Node does not
 * know it, and cannot load what some packages (@opentelemetry/api) name for it.
 */
const conditions = [
  "@burgee/source",
  ...defaultServerConditions.filter((condition) => condition !== "module"),
];

/** How a project finds the packages of this repository. */
export const asWritten = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/** A workspace's tests, and its type tests in a program of their own. */
function project(root: string): TestProjectConfiguration {
  return {
    root,
    ...asWritten,
    test: {
      name: root,
      include: ["test/**/*.test.ts"],
      testTimeout: 20_000, // a machine may be busy
      typecheck: {
        enabled: true,
        checker: `${import.meta.dirname}/node_modules/typescript-7/bin/tsc`,
        include: ["test/**/*.test-d.ts"],
        tsconfig: `${import.meta.dirname}/${root}/test/tsconfig.json`,
      },
    },
  };
}

/** The folders of the packages and examples. */
export const workspaces = ["packages", "examples"].flatMap((folder) =>
  readdirSync(`${import.meta.dirname}/${folder}`).map((name) => `${folder}/${name}`),
);

export default defineConfig({ test: { projects: [...workspaces, "docs", "bench"].map(project) } });
