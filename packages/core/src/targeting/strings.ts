import type { JsonValue } from "../json.js";
import type { Closure, Operator, Place } from "./operator.js";

/**
 * flagd's text comparisons.
 *
 * @see https://flagd.dev/reference/custom-operations/string-comparison-operation/
 */
export const strings: Readonly<Record<string, Operator>> = {
  starts_with: (args, place) => texts(args, place, (text, part) => text.startsWith(part)),
  ends_with: (args, place) => texts(args, place, (text, part) => text.endsWith(part)),
};

/** Null, unless there are exactly two arguments and both are strings. */
function texts(
  args: readonly JsonValue[],
  place: Place,
  test: (text: string, part: string) => boolean,
): Closure {
  const [text, part] = args.map((rule, index) => place.compile(rule, index));
  if (args.length !== 2 || text === undefined || part === undefined) return () => null;
  return (frame) => {
    const a = text(frame);
    const b = part(frame);
    return typeof a === "string" && typeof b === "string" ? test(a, b) : null;
  };
}
