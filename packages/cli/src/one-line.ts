/** A text of others' on one line: it begins none of its own in what is printed. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
