// node report.mjs: writes the figures of the last run into docs/guides/evidence.md and docs/reference/performance.md.
import { readFileSync, writeFileSync } from "node:fs";
import { withEvidence } from "./lib/evidence-report.mjs";
import { withFigures } from "./lib/report.mjs";

const run = JSON.parse(readFileSync(new URL("results/last.json", import.meta.url), "utf8"));
write("../docs/guides/evidence.md", withEvidence);
write("../docs/reference/performance.md", withFigures);

function write(path, withAnswers) {
  const page = new URL(path, import.meta.url);
  writeFileSync(page, withAnswers(readFileSync(page, "utf8"), run));
}
