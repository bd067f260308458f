import { TestRunner } from "vitest";

/**
 * Whether this is loaded by tests. Otherwise it is by a configuration, which takes `flagProjects` and
 * `flagsReport` from the same place, and where Vitest knows of no tests.
 */
export const inTests: boolean = isSuiteThere();

function isSuiteThere(): boolean {
  try {
    return TestRunner.getCurrentSuite() !== undefined;
  } catch {
    return false;
  }
}
