import { attributeValue, type EvaluationContext } from "../context.js";
import { jsonType } from "../json.js";
import { type ContextClosure, eager, isBrief, type Operator, spend } from "./operator.js";

/**
 * Texts: JsonLogic's own, and flagd's comparisons of how they begin and end.
 *
 * @see https://jsonlogic.com/operations.html#string-operations
 * @see https://flagd.dev/reference/custom-operations/string-comparison-operation/
 */
export const text: Readonly<Record<string, Operator>> = {
  cat: eager((args, _context, frame) => {
    const made = args.map(String).join("");
    if (made.length > MAX_LENGTH)
      throw new RangeError(`makes a text of over ${MAX_LENGTH} characters`);
    spend(frame, made.length >> 6);
    return made;
  }),
  substr: eager(([given, from, length]) => substr(given, from, length)),
  starts_with: compareTexts(
    (text, part) => text.startsWith(part),
    (name, part) => (context) => {
      const text = textIn(context, name);
      return typeof text === "string" ? text.startsWith(part) : null;
    },
  ),
  ends_with: compareTexts(
    (text, part) => text.endsWith(part),
    (name, part) => (context) => {
      const text = textIn(context, name);
      return typeof text === "string" ? text.endsWith(part) : null;
    },
  ),
};

/** What an attribute is; a date is a text. */
function textIn(context: EvaluationContext, name: string): unknown {
  const value = context[name];
  return typeof value === "string" ? value : attributeValue(value);
}

/** How long a text may be made: a rule that doubles one must not fill the memory. */
const MAX_LENGTH = 1_000_000;

/** From a position, or from the end if it is negative; a negative length leaves so many out. */
function substr(given: unknown, from: unknown, length: unknown): string {
  if (typeof given !== "string")
    throw new TypeError(`"substr" needs a text, not ${jsonType(given)}`);
  const start = position(from);
  const rest = given.slice(start < 0 ? Math.max(0, given.length + start) : start);
  if (length === undefined) return rest;
  const count = position(length);
  return count < 0 ? rest.slice(0, Math.max(0, rest.length + count)) : rest.slice(0, count);
}

function position(value: unknown): number {
  return typeof value === "object" ? 0 : Math.trunc(Number(value)) || 0;
}

/**
 * Null, unless there are exactly two arguments and both are texts.
 *
 * @param ofAttribute the same for an attribute and a text that is written, as most are
 */
function compareTexts(
  test: (text: string, part: string) => boolean,
  ofAttribute: (name: string, part: string) => ContextClosure,
): Operator {
  const general = eager(([text, part, ...more]) =>
    typeof text === "string" && typeof part === "string" && more.length === 0
      ? test(text, part)
      : null,
  );
  return (place) => {
    const [first, part] = place.args;
    const name = place.attributeOf(first);
    const usual =
      name !== undefined && typeof part === "string" && isBrief(part) && place.args.length === 2;
    return usual ? place.unframed(ofAttribute(name, part)) : general(place);
  };
}
