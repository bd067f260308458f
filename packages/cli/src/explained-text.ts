import type { EvaluationDetails, ExplainedPart, FlagDefinition, FlagSet } from "@burgee/core";
import { readHold } from "@burgee/core";
import { percentOf } from "./blast-radius.js";
import { oneLine } from "./one-line.js";

/** How many parts of one operator are told, and how long each value may be. */
const MAX_PARTS = 20;
const MAX_VALUE = 80;

/**
 * What a rule came to, as a tree: each operator with what it was given and what it gave.
 *
 * @param flag the flag whose rule it is, as the set has it
 */
export function explainedText(
  root: ExplainedPart,
  flag: FlagDefinition,
  { $evaluators = {} }: FlagSet,
  { split }: EvaluationDetails<unknown>,
): string {
  const rule = readHold(flag)?.held ?? flag.targeting ?? null;

  /** What is written at a place of the rule, or of one that is shared. */
  function writtenAt(pointer: string): unknown {
    const shared = pointer.startsWith("/$evaluators/");
    let found: unknown = shared ? { $evaluators } : rule;
    for (const token of pointer.split("/").slice(1)) {
      const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
      found = Object.hasOwn(Object(found), name)
        ? (found as Record<string, unknown>)[name]
        : undefined;
    }
    return found;
  }

  function argumentOf({ pointer, operator = "" }: ExplainedPart): unknown {
    return (Object(writtenAt(pointer)) as Record<string, unknown>)[operator];
  }

  function readText(part: ExplainedPart): string {
    const [path] = [argumentOf(part)].flat();
    if (path === "$flagd.timestamp") return `now (${momentText(part.result)})`;
    const name = path === "" || path === undefined ? "it" : oneLine(String(path));
    return `${name} (${valueText(part.result)})`;
  }

  /** A part that has nothing to tell but its value. */
  function leafText(part: ExplainedPart): string | undefined {
    if (part.inputs.length > 0 || part.error !== undefined) return undefined;
    if (part.operator === "var") return readText(part);
    return part.operator === undefined ? valueText(part.result) : undefined;
  }

  /** The operator with what it was given, where that is short. */
  function headText(part: ExplainedPart): { text: string; inputs: readonly ExplainedPart[] } {
    const { operator = "list", inputs, pointer } = part;
    if (operator === "fractional") {
      const decided = split?.id.startsWith(`${pointer}/fractional#`) ? split : undefined;
      const shares = Object.entries(decided?.share ?? {}).map(([variant, share]) => {
        return `${oneLine(variant)} ${percentOf(share, 1)}`;
      });
      if (decided === undefined) return { text: "split", inputs };
      return { text: `split of ${valueText(decided.unit)}: ${shares.join(", ")}`, inputs: [] };
    }
    if (operator === "$ref")
      return { text: `segment ${oneLine(String(argumentOf(part)))}`, inputs };
    const leaves = inputs.map(leafText);
    if (branching.includes(operator) || leaves.includes(undefined) || leaves.length > 3) {
      return { text: oneLine(operator), inputs };
    }
    const [one, ...others] = leaves;
    if (others.length === 1)
      return { text: `${one} ${oneLine(operator)} ${others[0]}`, inputs: [] };
    return { text: `${oneLine(operator)} ${leaves.join(", ")}`, inputs: [] };
  }

  function* linesOf(part: ExplainedPart, first: string, indent: string): Iterable<string> {
    const leaf = leafText(part);
    if (leaf !== undefined) return yield `${first}${leaf}`;
    const { text, inputs } = headText(part);
    const outcome =
      part.error === undefined ? valueText(part.result) : `failed: ${oneLine(part.error)}`;
    yield `${first}${text} → ${outcome}`;
    const told = inputs.slice(0, MAX_PARTS);
    const more = inputs.length - told.length;
    for (const [index, input] of told.entries()) {
      const isLast = index === told.length - 1 && more === 0;
      yield* linesOf(input, `${indent}${isLast ? "└ " : "├ "}`, `${indent}${isLast ? "  " : "│ "}`);
    }
    if (more > 0) yield `${indent}└ … ${more.toLocaleString("en")} more`;
  }

  return [...linesOf(root, "", "")].join("\n");
}

/** Operators whose inputs are told one by one. */
const branching = ["if", "?:", "or", "and"];

/** A value as JSON, on one line and not too long. */
export function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text;
}

function momentText(seconds: unknown): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? valueText(seconds) : date.toISOString().replace(".000", "");
}
