import type { EvidenceState } from "../evidence/state.js";
import { createEvidence } from "../evidence.js";
import type { Rules } from "./policy.js";
import { emptySide, MAX_TRACES, type Side, type SideName, type Tallied } from "./tally.js";

/** What one side did since the epoch began. */
export interface SideCounts {
  readonly exposures: number;
  readonly errors: number;
  /** How many different units the errors were of. */
  readonly errorUnits: number;
}

/** What a guard knows of one variant. */
export interface GuardEvidence {
  readonly treatment: string;
  /** What it was tested against. */
  readonly against: "control" | "slo";
  /** How strong the evidence is that it is worse: 1 is none. */
  readonly e: number;
  /** Its natural logarithm, where `e` is too large for a number. */
  readonly logE: number;
  /** What `e` has to reach. */
  readonly threshold: number;
  /** Whether there is enough to act: exposures, failed units, and a fair comparison. */
  readonly sufficient: boolean;
  readonly counts: { readonly safe: SideCounts; readonly treatment: SideCounts };
  /** The traces of its last failures, the newest last; where the monitor has a `traceId`. */
  readonly failedTraces: readonly string[];
  /** Whether it is tested at all, and fairly. */
  readonly tested: boolean;
  /** Why it is not compared, or not fairly, where that is so. */
  readonly hindrance?: string;
}

/** What a trial has to remember, to go on in another process: plain JSON. */
export interface TrialState {
  readonly compared: EvidenceState;
  readonly limited?: EvidenceState;
  readonly totals: Readonly<Record<SideName, Side>>;
  readonly failed: Readonly<Record<SideName, number>>;
  readonly traces: readonly string[];
  readonly gated: boolean;
  readonly everywhere: boolean;
  readonly skewed: boolean;
  readonly full: boolean;
}

/** The test of one variant, in one epoch. */
export interface Trial {
  /** Makes evidence of what was counted in one bucket. */
  add(tallied: Omit<Tallied, "failures">): void;
  readonly evidence: GuardEvidence;
  state(): TrialState;
}

/** @param known what it goes on from. `@default` nothing */
export function createTrial(rules: Rules, treatment: string, known?: TrialState): Trial {
  const { slo, window, bucket, tolerated } = rules;
  const plannedBuckets = Math.ceil(window / bucket);
  const compared = createEvidence({ tolerated, plannedBuckets, ...from(known?.compared) });
  const limited =
    slo === undefined
      ? undefined
      : createEvidence({ slo, plannedBuckets, ...from(known?.limited) });
  const threshold = thresholdFor(rules);
  const totals = { ...(known?.totals ?? { safe: emptySide(), treatment: emptySide() }) };
  const failed = { ...(known?.failed ?? { safe: 0, treatment: 0 }) };
  let {
    traces = [],
    gated = false,
    everywhere = false,
    skewed = false,
    full = false,
  } = known ?? {};

  function hindrance(): string | undefined {
    if (full) return "too many different units have failed: no other is counted";
    if (gated) return "its safe side is answered by a gate, which cannot fail: nothing is compared";
    if (everywhere) return "nobody gets the safe variant: there is nothing to compare with";
    if (skewed) return "more units have it than its split should give: the comparison is not fair";
    return undefined;
  }

  function countsOf(side: SideName): SideCounts {
    const { units: exposures, errors: errorUnits } = totals[side];
    return { exposures, errors: failed[side], errorUnits };
  }

  return {
    add(tallied) {
      const { parts, alone } = tallied;
      gated ||= tallied.gated;
      everywhere ||= tallied.everywhere;
      skewed ||= tallied.skewed;
      full ||= tallied.full;
      for (const side of ["safe", "treatment"] as const) {
        totals[side] = sum(totals[side], tallied.totals[side]);
        failed[side] += tallied.failed[side];
      }
      traces = [...traces, ...tallied.traces].slice(-MAX_TRACES);
      if (!gated && parts.length > 0) compared.add(parts);
      if (alone.units > 0) limited?.add({ treatment: alone });
    },
    get evidence() {
      const [control, fixed] = [gated ? 0 : compared.logE, limited?.logE ?? 0];
      const unfair = gated || (skewed && limited !== undefined);
      const against: GuardEvidence["against"] = fixed > control || unfair ? "slo" : "control";
      const logE = against === "slo" ? fixed : control;
      const why = hindrance();
      return {
        treatment,
        against,
        e: Math.exp(logE),
        logE,
        threshold,
        sufficient:
          totals.treatment.errors >= rules.minErrorUnits &&
          totals.treatment.units >= rules.minExposures &&
          (against === "slo" || (totals.safe.units >= rules.minExposures && !skewed)),
        counts: { safe: countsOf("safe"), treatment: countsOf("treatment") },
        failedTraces: traces,
        tested: why === undefined || (limited !== undefined && !full),
        ...(why !== undefined && { hindrance: why }),
      };
    },
    state: () => ({
      compared: compared.state(),
      ...(limited && { limited: limited.state() }),
      totals: { ...totals },
      failed: { ...failed },
      traces,
      gated,
      everywhere,
      skewed,
      full,
    }),
  };
}

/** What evidence has to reach: alpha is shared by the treatments, and by two tests where there are two. */
export function thresholdFor({ treatments, slo, alpha }: Rules): number {
  return (treatments.length * (slo === undefined ? 1 : 2)) / alpha;
}

function from(state: EvidenceState | undefined) {
  return state === undefined ? {} : { state };
}

function sum(one: Side, other: Side): Side {
  return { units: one.units + other.units, errors: one.errors + other.errors };
}
