import type { Exposure } from "@burgee/core";
import type { FleetSeries } from "./fleet.js";
import type { Rules } from "./policy.js";
import { createSharedTrial } from "./shared-trial.js";
import type { Tallied, Tally } from "./tally.js";
import { createTrial, type GuardEvidence } from "./trial.js";

/** What is found out about one variant, in one epoch: by this instance, or by a fleet. */
export interface Inquiry {
  /** Counts one exposure that a split decided. */
  count(exposure: Exposure, failed: boolean, trace: string | undefined): void;
  /** Closes a bucket of this instance. */
  close(): void;
  /** What there is to be judged by this instance; undefined while another does. */
  look(): Promise<GuardEvidence | undefined>;
  /** What is known. */
  readonly evidence: GuardEvidence;
}

/** An inquiry of one instance. */
export function createInquiry(rules: Rules, treatment: string, tally: Tally): Inquiry {
  const trial = createTrial(rules, treatment);
  return {
    count: tally.count,
    close: () => trial.add(tally.take()),
    look: async () => trial.evidence,
    get evidence() {
      return trial.evidence;
    },
  };
}

/**
 * An inquiry of a fleet. While the others cannot be reached, an instance goes by what it counted itself,
 * at half of alpha.
 *
 * @param unreachable told why, each time
 */
export function createFleetInquiry(
  rules: Rules,
  treatment: string,
  tally: Tally,
  series: FleetSeries,
  unreachable: (error: unknown) => void,
): Inquiry {
  const own = createTrial(atHalf(rules), treatment);
  const shared = createSharedTrial(rules, treatment, series);
  const waiting: Tallied[] = [];
  let { evidence } = createTrial(rules, treatment);
  return {
    count: tally.count,
    close() {
      const tallied = tally.take();
      own.add(tallied);
      waiting.push(tallied);
    },
    async look() {
      try {
        const found = await shared.share(waiting.splice(0));
        evidence = found.evidence;
        return found.leads ? evidence : undefined;
      } catch (error) {
        unreachable(error);
        return own.evidence;
      }
    },
    get evidence() {
      return evidence;
    },
  };
}

/** The rules of an instance that goes by its own counts, while others do so, too. */
export function atHalf(rules: Rules): Rules {
  return { ...rules, alpha: rules.alpha / 2 };
}
