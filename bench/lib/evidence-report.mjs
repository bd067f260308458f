import { burgee } from "./adapters.mjs";
import { markdownTable } from "./markdown.mjs";

const begin = "<!-- bench: evidence -->";
const end = "<!-- bench: end of evidence -->";

/** What happens, and the name of its simulation. */
const falseTrips = [
  ["half, 0.1 % fail", "a/a 50 0.1"],
  ["half, 1 % fail", "a/a 50 1"],
  ["half, 5 % fail", "a/a 50 5"],
  ["a twentieth, 0.1 % fail", "a/a 5 0.1"],
  ["a twentieth, 1 % fail", "a/a 5 1"],
  ["a twentieth, 5 % fail", "a/a 5 5"],
  ["a hundredth, 0.1 % fail", "a/a 1 0.1"],
  ["a hundredth, 1 % fail", "a/a 1 1"],
  ["a hundredth, 5 % fail", "a/a 1 5"],
  ["half, from 0.2 % to 5 % and back fail", "drift 50"],
  ["a twentieth, from 0.2 % to 5 % and back fail", "drift 5"],
  ["a ramp from 1 % to 50 %, and then a database fails", "incident"],
  ["one rule with two splits", "two splits"],
  ["… added up as if they were one", "two splits", "pooled"],
  [
    "a split by company, a few of which fail all the time: an error a company",
    "companies",
    "companies",
  ],
  ["… an error a user", "companies", "users"],
  ["… every error", "companies", "requests"],
  ["behind a gate, 1 % fail: held to an slo of 1 %", "gated slo"],
  ["… compared with the gate’s own answers", "gated compared"],
];

/** A regression, and the names of its simulations with half of the traffic, and with a twentieth. */
const detections = [
  ["1 % → 2 %", "1 → 2, 50", "1 → 2, 5"],
  ["0.1 % → 1 %", "0.1 → 1, 50", "0.1 → 1, 5"],
  ["1 % → 100 %", "1 → 100, 50"],
  ["1 % → 2 %, after half a day without", "1 → 2, 50, late"],
  ["5 %, by an slo of 1 %", "1 → 5, slo"],
];

/**
 * The page with what a run has found of the evidence in the place of what it has.
 *
 * @param {string} page
 * @param {import("./report.mjs").Run} run
 */
export function withEvidence(page, { date, answers }) {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  const answer = answers.evidence?.[burgee];
  if (answer === undefined) throw new Error("the last run did not ask: evidence");
  if (from < 0 || to < from)
    throw new Error(`the page has no place for figures: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${figures(date, answer)}\n\n${page.slice(to)}`;
}

function figures(date, answer) {
  const trips = falseTrips.map(([what, name, test = "evidence"]) => [
    what,
    answer[`${name}, ${test}`],
    answer[`${name}, z`],
  ]);
  const waits = detections.map(([what, ...names]) => [
    what,
    ...[0, 1].map((column) => answer[`${names[column]}, median`]),
  ]);
  return [
    `Simulated on ${date.slice(0, 10)}, with seeds: it is the same each time.`,
    markdownTable([
      [
        "nothing is worse; the share of the treatment, and what happens",
        "evidence trips, %",
        "the z-test does, %",
      ],
      ...trips,
    ]),
    markdownTable([
      ["it is worse", "trips after, with half of the requests", "with a twentieth"],
      ...waits,
    ]),
  ].join("\n\n");
}
