import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { simulate } from "./lib/simulate.mjs";
import { simulations } from "./lib/simulations.mjs";

export const title = "How often does the evidence trip, and how soon?";

export const figures = {
  "a/a, worst": "A/A, the worst of nine, %",
  "a/a, worst, z": "the same by a z-test, %",
  "incident, evidence": "an incident during a ramp, %",
  "two splits, evidence": "two splits, %",
  "companies, companies": "heavy users, by company, %",
  "gated slo, evidence": "behind a gate, by an slo, %",
  "1 → 2, 50, median": "1 → 2 %, half, requests",
  "1 → 2, 5, median": "1 → 2 %, a twentieth, requests",
};

export const isFor = (name) => name === burgee;

/** It is counted, not timed, and the same in each round. */
export const rounds = 1;

/** At an alpha of 1 %. */
const alpha = 1;

/** After how many requests it is to trip, in the median. */
const detections = {
  "1 → 2, 50": 7500,
  "1 → 2, 5": 33_800,
  "0.1 → 1, 50": 2500,
  "0.1 → 1, 5": 10_400,
  "1 → 100, 50": 100,
};

export async function measure() {
  const found = await simulate(Object.keys(simulations));
  const cells = Object.keys(found).filter((name) => name.startsWith("a/a"));
  const answer = {
    "a/a, worst": Math.max(...cells.map((name) => found[name].evidence)),
    "a/a, worst, z": Math.max(...cells.map((name) => found[name].z)),
  };
  for (const [name, result] of Object.entries(found)) {
    for (const [figure, value] of Object.entries(result)) answer[`${name}, ${figure}`] = value;
  }
  return answer;
}

export function bounds({ [burgee]: answer = {} }) {
  const falseTrips = {
    ...Object.fromEntries(
      Object.keys(simulations)
        .filter((name) => name.startsWith("a/a"))
        .map((name) => [name, "evidence"]),
    ),
    ...{ "drift 50": "evidence", "drift 5": "evidence", incident: "evidence" },
    ...{ "two splits": "evidence", companies: "companies", "gated slo": "evidence" },
  };
  return [
    ...Object.entries(falseTrips).map(([name, figure]) =>
      atMost(`evidence, ${name}: false trips`, "%", answer[`${name}, ${figure}`], alpha),
    ),
    ...Object.entries(detections).map(([name, reference]) => {
      const median = answer[`${name}, median`];
      const off = median === undefined ? undefined : 100 * Math.abs(median / reference - 1);
      return atMost(`evidence, ${name}: how far from ${reference} requests`, "%", off, 25);
    }),
  ];
}
