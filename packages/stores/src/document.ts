import { BurgeeError, type FlagSet, flagSetFrom } from "@burgee/core";
import { parse as parseWithPlaces } from "@humanwhocodes/momoa";

/**
 * The flag set that a JSON text holds.
 *
 * @param origin where the text came from, for messages: a path, a URL
 * @throws BurgeeError `INVALID_FLAG_SET`, with the line and column of a syntax error, or the JSON
 * pointer of every fault
 */
export function parseDocument(text: string, origin: string): FlagSet {
  return flagSetFrom(parseJson(text.replace(/^\uFEFF/, ""), origin), origin);
}

/**
 * A copy of a flag set that is given as a value, checked.
 *
 * @param origin who gave it, for messages
 * @throws BurgeeError `INVALID_FLAG_SET`, naming every faulty place
 */
export function copyDocument(flagSet: FlagSet, origin: string): FlagSet {
  return flagSetFrom(copyJson(flagSet, origin), origin);
}

/**
 * A copy of a value, as JSON has it.
 *
 * @param origin who gave it, for messages
 * @throws BurgeeError `INVALID_FLAG_SET` if JSON cannot write it
 */
export function copyJson(value: unknown, origin: string): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? "null");
  } catch (cause) {
    const what = `${origin}: it is nested too deep, or is no JSON: ${(cause as Error).message}.`;
    throw new BurgeeError("INVALID_FLAG_SET", what, { cause });
  }
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const what = text.trim() === "" ? "The file is empty" : (cause as SyntaxError).message;
    throw new BurgeeError("INVALID_FLAG_SET", `${origin}${placeOfFault(text)}: ${what}.`, {
      cause,
    });
  }
}

/** `:line:column` of the syntax error in a text, which JSON.parse does not tell. */
function placeOfFault(text: string): string {
  try {
    parseWithPlaces(text);
  } catch (error) {
    const { line, column } = error as { readonly line?: number; readonly column?: number };
    if (line !== undefined && column !== undefined) return `:${line}:${column}`;
  }
  return "";
}
