import { contextOf, type EvaluationContext } from "./context.js";
import type { EvaluationDetails } from "./details.js";
import { textOf } from "./errors.js";
import { compileRule, type FlagSurroundings } from "./flag.js";
import type { FlagDefinition } from "./flag-set.js";
import { type Hold, readHold } from "./hold.js";
import { isRecord, type JsonValue } from "./json.js";
import { type Closure, frameAt, plain } from "./targeting/operator.js";

/** How a flag was decided. It quotes the context, which may be personal. */
export interface Explanation {
  /** The flag's key. */
  readonly key: string;
  readonly details: EvaluationDetails<unknown>;
  /** The hold on the flag, if it is held: then what is held decides. */
  readonly hold?: Hold;
  /** What the rule came to; absent if the flag has none, or one that cannot be compiled. */
  readonly rule?: ExplainedPart;
}

/** A part of a rule that was run: an operator, a list, or a value as it is written. */
export interface ExplainedPart {
  /** Where it stands in the rule, as an RFC 6901 JSON pointer. */
  readonly pointer: string;
  /** The operator's name; absent for a list or a value. */
  readonly operator?: string;
  /** What it was given, in the order in which that was run; what was not needed is not there. */
  readonly inputs: readonly ExplainedPart[];
  /** What it gave; absent if it failed. */
  readonly result?: unknown;
  /** Why it failed. */
  readonly error?: string;
}

/** How many parts are told at the most: a list may run one rule many times. */
const MAX_PARTS = 10_000;

/** Runs a flag's rule once more, and notes what each part of it gave. */
export function explainFlag(
  key: string,
  details: EvaluationDetails<unknown>,
  definition: FlagDefinition | undefined,
  surroundings: FlagSurroundings,
  context: EvaluationContext,
  now: number,
): Explanation {
  if (details.errorCode === "PARSE_ERROR" || definition === undefined) return { key, details };
  const hold = readHold(definition);
  const rule =
    definition.state === "ENABLED" ? run(key, definition, surroundings, context, now) : undefined;
  return { key, details, ...(hold && { hold }), ...(rule && { rule }) };
}

type Part = { -readonly [Field in keyof ExplainedPart]: ExplainedPart[Field] } & {
  inputs: ExplainedPart[];
};

function run(
  key: string,
  definition: FlagDefinition,
  surroundings: FlagSurroundings,
  context: EvaluationContext,
  now: number,
): ExplainedPart | undefined {
  const root: ExplainedPart[] = [];
  let inputs = root;
  let count = 0;

  function trace(closure: Closure, rule: JsonValue, pointer: string): Closure {
    const operator = isRecord(rule) ? Object.keys(rule)[0] : undefined;
    return (context, frame) => {
      if (++count > MAX_PARTS) return closure(context, frame);
      const part: Part = { pointer, ...(operator !== undefined && { operator }), inputs: [] };
      inputs.push(part);
      const around = inputs;
      inputs = part.inputs;
      try {
        const result = closure(context, frame);
        part.result = plain(result);
        return result;
      } catch (error) {
        part.error = textOf(error);
        throw error;
      } finally {
        inputs = around;
      }
    };
  }

  try {
    const compiled = compileRule(key, definition, surroundings, trace);
    compiled?.run(contextOf(context), frameAt(now));
  } catch {
    // the part that failed says why
  }
  return root[0];
}
