import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { atMost } from "../lib/bounds.mjs";
import { withFigures } from "../lib/report.mjs";

const page = readFileSync(new URL("../../docs/reference/performance.md", import.meta.url), "utf8");

const figures = { W1: 12, W2: 30.25, W3: 1234, W4: 1, W5: 1, W6: 1 };
const system = { packages: ["@burgee/core"], versions: ["0.1.0"], api: "ruleset.evaluate()" };
const run = {
  date: "2026-12-01T10:00:00.000Z",
  node: "v20.20.2",
  cpu: "a CPU",
  rounds: 6,
  systems: { burgee: { name: "Burgee", ...system } },
  answers: {
    evaluate: { burgee: figures },
    load: { burgee: { load: 40, firstReads: 1, heap: 2, heapRead: 3 } },
    delta: { burgee: { delta: 0.0289, firstDelta: 0.5, load: 100, timesFaster: 3460 } },
    allocate: { burgee: { bytes: 0 } },
    express: { burgee: { control: 0.1, none: 3, five: 8, byHand: 7, core: 1.9 } },
    propagate: { burgee: { p50: 7, p99: 25.3, most: 60, small: 11541, large: 11708 } },
    nest: { burgee: { guard: 0.4, module: 17, control: 0.2, interceptor: 20 } },
  },
  bounds: [atMost("W1: a bound", "ns", 12, 24), atMost("W2: another", "ns", 30.25, 24)],
};

test("a run's figures take the place of those that the page has", () => {
  const written = withFigures(page, run);
  expect(written).toContain(
    "Measured on 2026-12-01 with Node v20.20.2 on a CPU, the best of 6 rounds.",
  );
  expect(written).toContain(
    "| Burgee | 12.0 | 30.3 | 1,234 | 1.00 | 1.00 | 1.00 | 40.0 | 2.00 | 3.00 |",
  );
  expect(written).toContain("| as a delta | 0.0289 |");
  expect(written).toContain("| Express, five flags read and settled | 8.00 |");
  expect(written).toContain("| NestJS, the guard of `@RequireFlag` | 0.400 |");
  expect(written).toContain("| until an instance serves it, 99 of 100 | 25.3 | ms |");
  expect(written).toContain("| W1: a bound | 12.0 | 24.0 | ns | pass |");
  expect(written).toContain("| W2: another | 30.3 | 24.0 | ns | FAIL |");
  expect(written).toContain("- **Burgee** (@burgee/core 0.1.0): `ruleset.evaluate()`");
  expect(withFigures(written, run)).toBe(written);
});

test("a page gets no figures of a run that left something out", () => {
  const { delta, ...answers } = run.answers;
  expect(() => withFigures(page, { ...run, answers })).toThrow("the last run did not ask: delta");
});

test("a bound on what was not measured neither holds nor fails", () => {
  const unmeasured = { ...run, bounds: [atMost("W1: a bound", "ns", 12, undefined)] };
  expect(withFigures(page, unmeasured)).toContain("| W1: a bound | 12.0 |  | ns | not measured |");
});
