import type { JsonValue } from "@burgee/core";
import { token } from "./finding.js";

/** An operator of a rule, at its place. */
export interface Part {
  readonly operator: string;
  readonly argument: JsonValue;
  /** The JSON pointer of the operator's argument. */
  readonly pointer: string;
}

/** Every operator of a rule, however deep. */
export function* partsOf(rule: JsonValue, pointer: string): Iterable<Part> {
  if (typeof rule !== "object" || rule === null) return;
  for (const [key, inside] of Object.entries(rule)) {
    const place = `${pointer}${token(key)}`;
    if (!Array.isArray(rule)) yield { operator: key, argument: inside, pointer: place };
    yield* partsOf(inside, place);
  }
}
