import { expect } from "vitest";
import { inTests } from "./in-tests.js";
import { flagMatchers } from "./matchers.js";

// In tests.
export {
  type FlagMatrix,
  type FlagMatrixOptions,
  flagMatrix,
  type MatrixCombination,
} from "./flag-matrix.js";
export {
  type FlagFixtures,
  type FlagTest,
  type FlagTestOptions,
  flagTest,
  type HeaderTaker,
} from "./flag-test.js";
export { type FlagAssertions, flagMatchers } from "./matchers.js";
export {
  flagSecret,
  type HeaderOptions,
  overrideHeaders,
  type TestOverrides,
  withFlags,
} from "./with-flags.js";

// In the configuration.
export { type FlagProjectsOptions, flagProjects } from "./flag-projects.js";
export { type FlagsReportOptions, flagsReport } from "./flags-report.js";

if (inTests) expect.extend(flagMatchers);
