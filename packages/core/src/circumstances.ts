import type { Definition } from "./define.js";
import type { EvaluationDetails } from "./details.js";
import { isOutdated } from "./outage.js";
import { type Overrides, overrideOf, variantIn } from "./overrides.js";
import type { Pin } from "./pins.js";

/** What a scope goes by besides the rules; fixed when it opens. */
export interface Circumstances {
  /** What is served in place of what the rules decide; undefined where they do. */
  standIn(key: string, definition: Definition): StandIn | undefined;
  /** Whether the revision may be outdated. */
  readonly stale: boolean;
}

/** A variant that no rule has decided. */
export type StandIn = Required<Pick<EvaluationDetails, "variant" | "reason">> &
  Pick<EvaluationDetails, "overridden" | "pinned">;

/**
 * Undefined where the rules decide everything, as they do nearly always.
 *
 * @param age how long ago the revision was known to be the newest, in milliseconds; undefined while
 * the source is not out
 */
export function circumstancesOf(
  overrides: Overrides | undefined,
  pins: ReadonlyMap<string, Pin> | undefined,
  age: number | undefined,
  now: () => number,
): Circumstances | undefined {
  if (overrides === undefined && pins === undefined && age === undefined) return undefined;
  const openedAt = now();
  return {
    stale: age !== undefined,
    standIn(key, definition) {
      const override = overrides && overrideOf(overrides, key, definition);
      if (override !== undefined) {
        return { variant: override, reason: "TARGETING_MATCH", overridden: true };
      }
      const pin = pins?.get(key);
      if (pin !== undefined && pin.until > openedAt) {
        return { variant: pin.variant, reason: "TARGETING_MATCH", pinned: true };
      }
      return age !== undefined && isOutdated(definition, age)
        ? { variant: definition.default, reason: "STALE" }
        : undefined;
    },
  };
}

/** The same, beneath the overrides of a test harness: only what a scope was opened with counts more. */
export function underHarness(
  overrides: Overrides,
  standing: Circumstances | undefined,
): Circumstances {
  return {
    stale: standing?.stale ?? false,
    standIn(key, definition) {
      const standIn = standing?.standIn(key, definition);
      if (standIn?.overridden) return standIn;
      const variant = variantIn(overrides, key, definition);
      return variant === undefined
        ? standIn
        : { variant, reason: "TARGETING_MATCH", overridden: true };
    },
  };
}
