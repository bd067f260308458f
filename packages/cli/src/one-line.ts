import { harmless } from "./harmless.js";

/** A text of others' on one line: it begins none of its own in what is printed, and is no command. */
export function oneLine(text: string): string {
  return harmless(text.replace(/\s+/g, " "));
}
