import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import type {} from "./task-meta.js";

/** Options of {@link flagsReport}. */
export interface FlagsReportOptions {
  /**
   * When the run fails: `untested-variant`, if a flag was read, but not in each of its variants, or if
   * nothing is known of any flag.
   *
   * @default never
   */
  readonly failOn?: "untested-variant";
}

/**
 * A reporter of Vitest's that says which flags were read, in which variants, by which tests. It knows
 * of tests whose project has the setup file `@burgee/vitest/setup`, as those of `flagProjects` have,
 * and of what is read in their processes.
 *
 * @example
 * ```ts
 * // vitest.config.ts
 * import { flagsReport } from "@burgee/vitest";
 * import { defineConfig } from "vitest/config";
 *
 * export default defineConfig({
 *   test: {
 *     setupFiles: ["@burgee/vitest/setup"],
 *     reporters: ["default", flagsReport({ failOn: "untested-variant" })],
 *   },
 * });
 * ```
 */
export function flagsReport({ failOn }: FlagsReportOptions = {}): Reporter {
  let vitest: Vitest;
  return {
    onInit(started) {
      vitest = started;
    },
    onTestRunEnd(modules) {
      const flags = collect(modules);
      const untested = flags.flatMap(untestedIn);
      vitest.logger.log(`\n${[headOf(flags), ...flags.flatMap(linesOf)].join("\n")}\n`);
      if (failOn === undefined || (untested.length === 0 && flags.length > 0)) return;
      if (untested.length > 0) {
        vitest.logger.error(` Never tested, though the flag is read: ${untested.join(", ")}\n`);
      }
      process.exitCode = 1;
    },
  };
}

/** A flag, and the tests that have read it, by variant. */
interface ReportedFlag {
  readonly flag: string;
  readonly testsBy: Map<string, string[]>;
}

/** How many tests are named for a variant. */
const NAMED = 3;

function collect(modules: readonly TestModule[]): readonly ReportedFlag[] {
  const flags = new Map<string, ReportedFlag>();
  const testsOf = (flag: string, variant: string) => {
    const { testsBy } = flags.get(flag) ?? add(flags, flag);
    const tests = testsBy.get(variant) ?? [];
    testsBy.set(variant, tests);
    return tests;
  };
  for (const module of modules) {
    for (const [flag, variants] of Object.entries(module.meta().flagsDefined ?? {})) {
      for (const variant of variants) testsOf(flag, variant);
    }
    for (const test of module.children.allTests()) {
      for (const [flag, variant] of test.meta().flagsRead ?? []) {
        testsOf(flag, variant).push(nameOf(test));
      }
    }
  }
  return [...flags.values()].sort((one, other) => (one.flag < other.flag ? -1 : 1));
}

function add(flags: Map<string, ReportedFlag>, flag: string): ReportedFlag {
  const added = { flag, testsBy: new Map<string, string[]>() };
  flags.set(flag, added);
  return added;
}

function nameOf({ module, fullName, project }: TestCase): string {
  const name = `${module.relativeModuleId} > ${fullName}`;
  return project.name === "" ? name : `[${project.name}] ${name}`;
}

function isRead({ testsBy }: ReportedFlag): boolean {
  return [...testsBy.values()].some((tests) => tests.length > 0);
}

function untestedIn(reported: ReportedFlag): readonly string[] {
  if (!isRead(reported)) return [];
  return [...reported.testsBy].flatMap(([variant, tests]) =>
    tests.length === 0 ? `${reported.flag}=${variant}` : [],
  );
}

function headOf(flags: readonly ReportedFlag[]): string {
  if (flags.length === 0) {
    return ' Flags: no test has opened any. Has the project setupFiles: ["@burgee/vitest/setup"]?';
  }
  return ` Flags: ${flags.filter(isRead).length} of ${flags.length} were read by tests`;
}

function linesOf(reported: ReportedFlag): readonly string[] {
  if (!isRead(reported)) return [`   ${reported.flag}: read by no test`];
  const width = Math.max(...[...reported.testsBy.keys()].map(({ length }) => length));
  return [
    `   ${reported.flag}`,
    ...[...reported.testsBy].map(
      ([variant, tests]) => `     ${variant.padEnd(width)}  ${listOf(tests)}`,
    ),
  ];
}

function listOf(tests: readonly string[]): string {
  if (tests.length === 0) return "never tested";
  const more = tests.length - NAMED;
  const named = tests.slice(0, NAMED).join(" · ");
  return more > 0 ? `${named} · and ${more} more` : named;
}
