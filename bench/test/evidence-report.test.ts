import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bounds } from "../evidence.mjs";
import { verdict } from "../lib/bounds.mjs";
import { withEvidence } from "../lib/evidence-report.mjs";

const page = readFileSync(new URL("../../docs/guides/evidence.md", import.meta.url), "utf8");

const answer = {
  "a/a 50 0.1, evidence": 0.1,
  "a/a 50 0.1, z": 3.65,
  "two splits, pooled": 100,
  "1 → 2, 50, median": 7600,
  "1 → 2, 5, median": 53_800,
};
const run = { date: "2026-12-01T10:00:00.000Z", answers: { evidence: { burgee: answer } } };

test("what a run has found of the evidence takes the place of what the page has", () => {
  const written = withEvidence(page, run as never);
  expect(written).toContain("Simulated on 2026-12-01");
  expect(written).toContain("| half, 0.1 % fail | 0.100 | 3.65 |");
  expect(written).toContain("| … added up as if they were one | 100 |");
  expect(written).toContain("| 1 % → 2 % | 7,600 | 53,800 |");
  expect(withEvidence(written, run as never)).toBe(written);
});

test("a page gets nothing of a run that did not ask", () => {
  expect(() => withEvidence(page, { ...run, answers: {} } as never)).toThrow("evidence");
});

test("false trips and slow detection are held to bounds", () => {
  const found = bounds({ burgee: { ...answer, "incident, evidence": 1.05 } });
  const verdicts = Object.fromEntries(found.map((bound) => [bound.name, verdict(bound)]));
  expect(verdicts["evidence, a/a 50 0.1: false trips"]).toBe("pass");
  expect(verdicts["evidence, incident: false trips"]).toBe("FAIL");
  expect(verdicts["evidence, 1 → 2, 50: how far from 7500 requests"]).toBe("pass");
  expect(verdicts["evidence, 1 → 2, 5: how far from 33800 requests"]).toBe("FAIL");
  expect(verdicts["evidence, companies: false trips"]).toBe("not measured");
});
