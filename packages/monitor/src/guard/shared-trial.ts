import type { FleetAddition, FleetBucket, FleetSeries } from "./fleet.js";
import type { Rules } from "./policy.js";
import { emptySide, type Part, type Side, type SideName, type Tallied } from "./tally.js";
import { createTrial, type GuardEvidence, type TrialState } from "./trial.js";

/** How many tallies wait while they cannot be added; of more the oldest are dropped. */
const MAX_WAITING = 60;

/** What any instance says of the whole fleet. */
const MARKS = ["gated", "everywhere", "skewed", "full"] as const;

/** The test of one variant by what all instances count. */
export interface SharedTrial {
  /** Adds what this instance counted, and looks at what all have. */
  share(
    tallies: readonly Tallied[],
  ): Promise<{ readonly leads: boolean; readonly evidence: GuardEvidence }>;
}

export function createSharedTrial(
  rules: Rules,
  treatment: string,
  series: FleetSeries,
): SharedTrial {
  const waiting: FleetAddition[] = [];
  return {
    async share(tallies) {
      waiting.push(...tallies.filter(hasCounts).map(additionOf));
      if (waiting.length > MAX_WAITING) waiting.splice(0, waiting.length - MAX_WAITING);
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        await series.add(next);
        waiting.shift();
      }
      const { leads, state, closed } = await series.lead();
      const known = state === undefined ? undefined : (JSON.parse(state) as TrialState);
      const trial = createTrial(rules, treatment, known);
      if (closed.length === 0) return { leads, evidence: trial.evidence };
      for (const bucket of closed) trial.add(talliedOf(bucket));
      const saved = await series.save(JSON.stringify(trial.state()), closed);
      return { leads: leads && saved, evidence: trial.evidence };
    },
  };
}

function hasCounts({ totals }: Tallied): boolean {
  return totals.safe.units + totals.treatment.units > 0;
}

const nameOf = (...path: readonly (string | number)[]) => JSON.stringify(path);

function additionOf({ parts, alone, totals, failed, failures, ...rest }: Tallied): FleetAddition {
  const counts: Record<string, number> = {};
  const count = (units: number, ...path: readonly (string | number)[]) => {
    if (units > 0) counts[nameOf(...path)] = units;
  };
  for (const side of ["safe", "treatment"] as const) {
    for (const part of parts) count(part[side].units, "part", part.id, part.share, side, "units");
    count(totals[side].units, "total", side, "units");
    count(failed[side], "failed", side);
  }
  count(alone.units, "alone", "units");
  for (const mark of MARKS) count(rest[mark] ? 1 : 0, mark);
  for (const trace of rest.traces) count(1, "trace", trace);
  return {
    counts,
    failures: failures.map(({ unit, side, part, alone }) => [
      unit,
      nameOf("total", side, "errors"),
      ...(part === undefined ? [] : [nameOf("part", part.id, part.share, side, "errors")]),
      ...(alone ? [nameOf("alone", "errors")] : []),
    ]),
  };
}

function talliedOf({ counts }: FleetBucket): Omit<Tallied, "failures"> {
  const parts: Part[] = [];
  const alone = emptySide();
  const totals = { safe: emptySide(), treatment: emptySide() };
  const failed = { safe: 0, treatment: 0 };
  const traces: string[] = [];
  const marks = { gated: false, everywhere: false, skewed: false, full: false };
  for (const [name, count] of Object.entries(counts)) {
    const [what, ...path] = JSON.parse(name) as [string, ...(string | number)[]];
    if (what === "part") {
      const [id, share, side, field] = path as [string, number, SideName, keyof Side];
      let part = parts.find((one) => one.id === id && one.share === share);
      if (part === undefined) {
        part = { id, share, safe: emptySide(), treatment: emptySide() };
        parts.push(part);
      }
      part[side][field] = count;
    } else if (what === "total") totals[path[0] as SideName][path[1] as keyof Side] = count;
    else if (what === "failed") failed[path[0] as SideName] = count;
    else if (what === "alone") alone[path[0] as keyof Side] = count;
    else if (what === "trace") traces.push(path[0] as string);
    else marks[what as (typeof MARKS)[number]] = true;
  }
  return { parts, alone, totals, failed, traces, ...marks };
}
