import {
  BurgeeError,
  type Definition,
  type Definitions,
  type Duration,
  type FlagKey,
  millisecondsOf,
  type VariantName,
} from "@burgee/core";

/** What a guard does with a variant that is worse than the safe one. */
export type GuardAction = "rollback" | "hold" | "notify";

/** What is guarded, and how. */
export interface GuardPolicy<Key extends FlagKey = FlagKey> {
  /** The flag's key. */
  readonly flag: Key;
  /** The variant that is compared with, and that everybody gets after a trip. `@default` the flag's default */
  readonly safe?: VariantName<Key>;
  /** The variants that are guarded; each of several is tested at its part of `alpha`. `@default` all others */
  readonly treatment?: VariantName<Key> | readonly VariantName<Key>[];
  /**
   * How probable a trip of a variant may be that is no worse, over the whole window, however often it
   * is looked at.
   *
   * @default 0.01
   */
  readonly alpha?: number;
  /** The odds of an error may be so many times the safe variant's. `@default 1` */
  readonly tolerated?: number;
  /**
   * The share of requests that may fail, between 0 and 0.5: what a variant is tested against where nothing fair
   * can be compared, because a gate answers the safe side, or because nobody has it.
   *
   * @default none: there the guard only notifies
   */
  readonly slo?: number;
  /** How many exposures each side has before anything is done. `@default 50` */
  readonly minExposures?: number;
  /** How many different units have failed before anything is done. `@default 3` */
  readonly minErrorUnits?: number;
  /** For how long an epoch is guarded. `@default "24h"` */
  readonly window?: Duration;
  /** How long one bucket of counts is. `@default "10s"` */
  readonly bucket?: Duration;
  /**
   * What is done where the evidence would do, but the counts are too few, or the split is not fair: a ramp
   * is held, or nothing.
   *
   * @default "hold"
   */
  readonly onInsufficientData?: "hold" | "ignore";
  /**
   * What a trip does: everybody gets the safe variant, the rule stays as it is now, or nothing but an
   * event.
   *
   * @default "rollback"
   */
  readonly action?: GuardAction;
  /**
   * For how long the guard leaves a flag alone after a person has resumed it; twice as long after each
   * further time.
   *
   * @default "30m"
   */
  readonly coolDown?: Duration;
}

/** A policy with everything said; times are in milliseconds. */
export interface Rules {
  readonly flag: string;
  readonly safe: string;
  readonly treatments: readonly string[];
  readonly alpha: number;
  readonly tolerated: number;
  readonly slo: number | undefined;
  readonly minExposures: number;
  readonly minErrorUnits: number;
  readonly window: number;
  readonly bucket: number;
  readonly onInsufficientData: "hold" | "ignore";
  readonly action: GuardAction;
  readonly coolDown: number;
}

/**
 * Reads a policy.
 *
 * @throws BurgeeError `INVALID_OPTIONS`, naming what is wrong
 */
export function readPolicy(policy: GuardPolicy, definitions: Definitions): Rules {
  const { flag, alpha = 0.01, tolerated = 1, slo, minExposures = 50, minErrorUnits = 3 } = policy;
  const definition = Object.hasOwn(definitions, flag) ? definitions[flag] : undefined;
  if (definition === undefined) return invalid(flag, "a flag that is defined in code");
  const { action = "rollback", onInsufficientData = "hold" } = policy;
  const variants = variantsOf(definition);
  const safe: string = policy.safe ?? definition.default;
  const others = variants.filter((variant) => variant !== safe);
  const treatments: readonly string[] = [policy.treatment ?? others].flat();
  const rules: Rules = {
    flag,
    safe,
    treatments,
    alpha,
    tolerated,
    slo,
    minExposures,
    minErrorUnits,
    window: timeOf(flag, "window", policy.window ?? "24h"),
    bucket: timeOf(flag, "bucket", policy.bucket ?? "10s"),
    onInsufficientData,
    action,
    coolDown: millisecondsOf(policy.coolDown ?? "30m") ?? invalid(flag, "a time for coolDown"),
  };
  const check = (right: boolean, what: string) => right || invalid(flag, what);
  check(variants.includes(safe), `one of its variants as safe (${variants.join(", ")})`);
  check(
    treatments.length > 0 && treatments.every((treatment) => others.includes(treatment)),
    `other variants than the safe one as treatment (${others.join(", ")})`,
  );
  check(alpha > 0 && alpha < 1, "an alpha between 0 and 1");
  check(tolerated >= 1 && tolerated < Number.POSITIVE_INFINITY, "a tolerated ratio of 1 or more");
  check(slo === undefined || (slo > 0 && slo < 0.5), "an slo between 0 and 0.5");
  check(minExposures >= 0, "a number as minExposures");
  check(minErrorUnits >= 0, "a number as minErrorUnits");
  check(rules.bucket <= rules.window, "a bucket no longer than the window");
  check(["rollback", "hold", "notify"].includes(action), "rollback, hold or notify as action");
  check(["hold", "ignore"].includes(onInsufficientData), "hold or ignore as onInsufficientData");
  return rules;
}

function variantsOf({ variants }: Definition): readonly string[] {
  return Object.keys(variants);
}

function timeOf(flag: string, option: string, duration: Duration): number {
  return millisecondsOf(duration) || invalid(flag, `a time for ${option}`);
}

function invalid(flag: string, what: string): never {
  throw new BurgeeError("INVALID_OPTIONS", `The guard of ${JSON.stringify(flag)} needs ${what}.`);
}
