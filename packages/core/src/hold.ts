import { BurgeeError } from "./errors.js";
import type { FlagDefinition } from "./flag-set.js";
import { isRecord, type JsonValue } from "./json.js";

/** Who holds a flag: a guard that tripped, a person who stopped it, or a rollout that must not grow. */
export type HoldKind = "guard" | "kill" | "ramp";

/** A hold on a flag: what is served in place of its rule, which is kept for later. */
export interface Hold {
  readonly kind: HoldKind;
  /** The safe variant's name; for a `ramp`, the rule with its weights as they were. */
  readonly held: JsonValue;
  /** The rule that is held; null if the flag has none. */
  readonly rule: JsonValue;
  /** How often the flag was resumed: evidence of one epoch does not count in the next. */
  readonly epoch: number;
}

const HOLD = "burgee.hold";
const EPOCH = "burgee.epoch";

/**
 * Reads the hold on a flag; undefined if it is free. A hold is written in the flag format itself, as
 * `{"if": [true, HELD, RULE]}` with metadata `burgee.hold` and `burgee.epoch`: every flagd obeys it.
 *
 * @example
 * ```ts
 * import { readHold, type FlagDefinition } from "@burgee/core";
 *
 * export function stoppedBy(flag: FlagDefinition) {
 *   return readHold(flag)?.kind; // "guard", "kill", "ramp", or undefined
 * }
 * ```
 */
export function readHold(flag: FlagDefinition): Hold | undefined {
  const kind = flag.metadata?.[HOLD];
  if (kind !== "guard" && kind !== "kill" && kind !== "ramp") return undefined;
  const { targeting } = flag;
  const args = isRecord(targeting) ? (targeting["if"] as JsonValue | undefined) : undefined;
  if (!Array.isArray(args) || args.length !== 3 || args[0] !== true) return undefined;
  const [, held, rule] = args as [true, JsonValue, JsonValue];
  return { kind, held, rule, epoch: epochOf(flag) };
}

/**
 * Holds a flag: it serves what is held until it is resumed. A hold it is under already is replaced.
 *
 * @param held a variant's name; for a `ramp`, what `freezeRamp` gives
 * @throws BurgeeError `INVALID_FLAG_SET` if a guard or a kill names no variant of the flag
 *
 * @example
 * ```ts
 * import { type FlagDefinition, resumeFlag, writeHold } from "@burgee/core";
 *
 * const flag: FlagDefinition = {
 *   state: "ENABLED",
 *   variants: { on: true, off: false },
 *   defaultVariant: "off",
 *   targeting: { fractional: [["on", 50], ["off", 50]] },
 * };
 * const stopped = writeHold(flag, "kill", "off");
 * stopped.targeting; // { if: [true, "off", { fractional: [["on", 50], ["off", 50]] }] }
 * resumeFlag(stopped).targeting; // { fractional: [["on", 50], ["off", 50]] }
 * ```
 */
export function writeHold(flag: FlagDefinition, kind: HoldKind, held: JsonValue): FlagDefinition {
  if (kind !== "ramp" && !isVariant(held, flag)) {
    const names = Object.keys(flag.variants).map((name) => JSON.stringify(name));
    const what = `A ${kind} cannot hold ${JSON.stringify(held)}: the variants are ${names.join(", ")}.`;
    throw new BurgeeError("INVALID_FLAG_SET", what);
  }
  return {
    ...flag,
    targeting: { if: [true, held, readHold(flag)?.rule ?? ruleOf(flag)] },
    metadata: { ...flag.metadata, [HOLD]: kind, [EPOCH]: epochOf(flag) },
  };
}

/** Frees a held flag: its rule decides again, and a new epoch begins. A free flag stays as it is. */
export function resumeFlag(flag: FlagDefinition): FlagDefinition {
  const hold = readHold(flag);
  if (hold === undefined) return flag;
  const { targeting: _wrap, ...rest } = flag;
  const { [HOLD]: _kind, ...metadata } = flag.metadata ?? {};
  return {
    ...rest,
    ...(hold.rule !== null && { targeting: hold.rule }),
    metadata: { ...metadata, [EPOCH]: hold.epoch + 1 },
  };
}

/** Gives a flag another rule. One that is held stays so: the rule is for when it is resumed. */
export function writeRule(flag: FlagDefinition, rule: JsonValue): FlagDefinition {
  const hold = readHold(flag);
  return { ...flag, targeting: hold === undefined ? rule : { if: [true, hold.held, rule] } };
}

/** Whether a value is the name of one of the flag's variants. */
export function isVariant(name: unknown, flag: FlagDefinition): boolean {
  return typeof name === "string" && Object.hasOwn(flag.variants, name);
}

function ruleOf({ targeting = null }: FlagDefinition): JsonValue {
  return targeting;
}

function epochOf(flag: FlagDefinition): number {
  const epoch = flag.metadata?.[EPOCH];
  return typeof epoch === "number" && Number.isSafeInteger(epoch) && epoch >= 0 ? epoch : 0;
}
