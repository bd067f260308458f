import { isDeepStrictEqual } from "node:util";
import { createRuleset, type FlagSet, type JsonValue, readHold } from "@burgee/core";
import { type Finding, flagPointer, token } from "./finding.js";
import { partsOf } from "./parts.js";

/** Parts of rules that can never decide: what stands behind a condition that always holds, or never. */
export function* checkUnreachable({ flags }: FlagSet): Iterable<Finding> {
  for (const [key, flag] of Object.entries(flags)) {
    const hold = readHold(flag);
    const place = `${flagPointer(key)}/targeting`;
    const [rule, pointer] = hold ? [hold.rule, `${place}/if/2`] : [flag.targeting ?? null, place];
    for (const { pointer: at, why } of deadParts(rule, pointer, nothing)) {
      const message = `can never be reached: ${why}`;
      yield { check: "unreachable", severity: "error", flag: key, pointer: at, message };
    }
  }
}

/** What is known where a part of a rule is reached. */
interface Known {
  readonly holds: readonly JsonValue[];
  readonly fails: readonly JsonValue[];
}

const nothing: Known = { holds: [], fails: [] };

interface DeadPart {
  readonly pointer: string;
  readonly why: string;
}

function* deadParts(rule: JsonValue, pointer: string, known: Known): Iterable<DeadPart> {
  const [operator, args] = operatorOf(rule);
  if (operator === undefined) return;
  const place = `${pointer}${token(operator)}`;
  if (operator === "if" || operator === "?:") yield* deadBranches(args, place, known);
  if (operator === "or") yield* deadAlternatives(args, place, known);
}

function* deadBranches(
  args: readonly JsonValue[],
  pointer: string,
  { holds, fails }: Known,
): Iterable<DeadPart> {
  const failed = [...fails];
  for (let index = 0; index < args.length; index += 2) {
    const condition = args[index] as JsonValue;
    const here = { holds, fails: failed };
    if (index === args.length - 1) {
      return yield* deadParts(condition, `${pointer}/${index}`, here);
    }
    const truth = truthOf(condition, here);
    const then = `${pointer}/${index + 1}`;
    if (truth === false) {
      yield { pointer: then, why: `its condition, ${textOf(condition)}, never holds here` };
    } else {
      const inside = { holds: [...holds, ...partsOfAll("and", condition)], fails: [...failed] };
      yield* deadParts(args[index + 1] as JsonValue, then, inside);
    }
    if (truth === true && index + 2 < args.length) {
      const why = `the condition before it, ${textOf(condition)}, always holds here`;
      return yield { pointer: `${pointer}/${index + 2}`, why };
    }
    failed.push(...partsOfAll("or", condition));
  }
}

function* deadAlternatives(
  args: readonly JsonValue[],
  pointer: string,
  known: Known,
): Iterable<DeadPart> {
  for (const [index, rule] of args.entries()) {
    yield* deadParts(rule, `${pointer}/${index}`, known);
    if (!decidesAlways(rule) || index === args.length - 1) continue;
    const why = "the rule before it gives everybody a variant";
    return yield { pointer: `${pointer}/${index + 1}`, why };
  }
}

/** Whether a rule gives a variant, whoever asks. */
function decidesAlways(rule: JsonValue): boolean {
  if (typeof rule === "string") return rule !== "";
  const [operator, args] = operatorOf(rule);
  if (operator === "or") return args.some(decidesAlways);
  if (operator !== "if" || args.length % 2 === 0) return false;
  const isCondition = (index: number) => index % 2 === 0 && index < args.length - 1;
  return args.every((arg, index) => isCondition(index) || decidesAlways(arg));
}

/** Whether a condition holds where that is known; undefined if it depends on who asks. */
function truthOf(condition: JsonValue, known: Known): boolean | undefined {
  const [operator, args] = operatorOf(condition);
  if (operator === "and" && args.length > 0) return truthOfAll(args, known);
  if (operator === "or" && args.length > 0) {
    const truths = args.map((arg) => truthOf(arg, known));
    if (truths.includes(true)) return true;
    return truths.includes(undefined) ? undefined : false;
  }
  if (known.holds.some((each) => isDeepStrictEqual(each, condition))) return true;
  if (known.fails.some((each) => isDeepStrictEqual(each, condition))) return false;
  if (known.holds.some((each) => excludes(each, condition))) return false;
  return constantOf(condition);
}

/** Whether all of these hold, each where those before it do. */
function truthOfAll(
  conditions: readonly JsonValue[],
  { holds, fails }: Known,
): boolean | undefined {
  const truths = conditions.map((condition, index) => {
    return truthOf(condition, { holds: [...holds, ...conditions.slice(0, index)], fails });
  });
  if (truths.includes(false)) return false;
  const own = conditions.map((condition) => truthOf(condition, { holds, fails }));
  return own.includes(undefined) ? undefined : true;
}

/** What a condition consists of: all of it holds if an `and` does, and fails if an `or` does. */
function partsOfAll(joining: "and" | "or", condition: JsonValue): readonly JsonValue[] {
  const [operator, args] = operatorOf(condition);
  if (operator !== joining) return [condition];
  return [condition, ...args.flatMap((arg) => partsOfAll(joining, arg))];
}

/** Whether one condition asks an attribute for one text, and the other the same one for another. */
function excludes(one: JsonValue, other: JsonValue): boolean {
  const [[a, text], [b, another]] = [equationOf(one), equationOf(other)];
  return a !== undefined && isDeepStrictEqual(a, b) && text !== another;
}

function equationOf(condition: JsonValue): [attribute?: JsonValue, text?: string] {
  const [operator, args] = operatorOf(condition);
  if ((operator !== "==" && operator !== "===") || args.length !== 2) return [];
  const [text, attribute] = typeof args[0] === "string" ? args : [args[1], args[0]];
  const isAttribute = operatorOf(attribute as JsonValue)[0] === "var";
  return isAttribute && typeof text === "string" ? [attribute as JsonValue, text] : [];
}

/** Operators that read who asks, or what is kept elsewhere. */
const readers = ["var", "missing", "missing_some", "$ref", "fractional"];

/** What a condition comes to that reads nothing; undefined if it does, or fails. */
function constantOf(condition: JsonValue): boolean | undefined {
  const reads = [...partsOf(condition, "")].some(({ operator }) => readers.includes(operator));
  if (reads) return undefined;
  const flag = {
    state: "ENABLED",
    variants: { yes: true, no: false },
    targeting: { if: [condition, "yes", "no"] },
  } as const;
  const { value, errorCode } = createRuleset({ flags: { flag } }).evaluate("flag", false, {});
  return errorCode === undefined ? value : undefined;
}

function operatorOf(rule: JsonValue): [operator: string | undefined, args: readonly JsonValue[]] {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return [undefined, []];
  const [entry] = Object.entries(rule);
  if (entry === undefined) return [undefined, []];
  const [operator, argument] = entry;
  return [operator, Array.isArray(argument) ? argument : [argument as JsonValue]];
}

function textOf(condition: JsonValue): string {
  const text = JSON.stringify(condition);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
