// node report.mjs: writes the figures of the last run into docs/reference/performance.md.
import { readFileSync, writeFileSync } from "node:fs";
import { withFigures } from "./lib/report.mjs";

const page = new URL("../docs/reference/performance.md", import.meta.url);
const run = JSON.parse(readFileSync(new URL("results/last.json", import.meta.url), "utf8"));
writeFileSync(page, withFigures(readFileSync(page, "utf8"), run));
