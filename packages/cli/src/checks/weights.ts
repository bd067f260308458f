import type { FlagSet, JsonValue } from "@burgee/core";
import { type Finding, flagPointer } from "./finding.js";
import { partsOf } from "./parts.js";

/** The largest total of weights that a split may have. */
const MAX_TOTAL = 2_147_483_647;

/** Splits whose weights give nobody a variant, or not the shares that they seem to. */
export function* checkWeights({ flags, $evaluators = {} }: FlagSet): Iterable<Finding> {
  for (const [key, { targeting = null }] of Object.entries(flags)) {
    for (const found of inRule(targeting, `${flagPointer(key)}/targeting`)) {
      yield { ...found, flag: key };
    }
  }
  yield* inRule($evaluators, "/$evaluators");
}

function* inRule(rule: JsonValue, pointer: string): Iterable<Finding> {
  for (const part of partsOf(rule, pointer)) {
    if (part.operator !== "fractional") continue;
    for (const [severity, message] of faultsOf(part.argument)) {
      yield { check: "weights", severity, pointer: part.pointer, message };
    }
  }
}

function* faultsOf(argument: JsonValue): Iterable<[Finding["severity"], string]> {
  const buckets = bucketsOf(argument);
  if (buckets.length === 0) return yield ["error", "has no buckets, and gives nobody a variant"];
  let total = 0;
  let isWritten = true;
  for (const bucket of buckets) {
    if (!Array.isArray(bucket) || bucket.length === 0 || bucket.length > 2) {
      return yield ["error", "has a bucket that is not [variant] or [variant, weight]"];
    }
    const [variant, weight = 1] = bucket as readonly JsonValue[];
    if (typeof weight === "object" && weight !== null) isWritten = false;
    else if (typeof weight !== "number" || !Number.isInteger(weight)) {
      const what = `gives ${JSON.stringify(variant)} the weight ${JSON.stringify(weight)}`;
      return yield ["error", `${what}: weights are whole numbers`];
    } else if (weight < 0) {
      yield ["error", `gives ${JSON.stringify(variant)} the weight ${weight}, which counts as 0`];
    } else total += weight;
  }
  if (total > MAX_TOTAL) yield ["error", `has weights of more than ${MAX_TOTAL} together`];
  if (!isWritten) return;
  if (total === 0) yield ["error", "has no weight above 0, and gives nobody a variant"];
  if (total !== 100 && total >= 90 && total <= 110) {
    yield ["warning", `has weights of ${total} together: each is a share of that, not of 100`];
  }
}

/** All arguments but the one that says what is split: the first, if it is no list. */
function bucketsOf(argument: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(argument)) return [];
  return Array.isArray(argument[0]) ? argument : argument.slice(1);
}
