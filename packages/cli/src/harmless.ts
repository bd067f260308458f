/**
 * A text of others' with nothing in it that a terminal obeys: neither commands, such as colours, nor
 * characters that turn the direction of what follows. What it had is spelled out, as `\x1b`.
 */
export function harmless(text: string): string {
  return text.replace(commands, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${hexOf(code, 2)}` : escaped(code);
  });
}

/** The same of a JSON text, which goes on to say what it said. */
export function harmlessJson(json: string): string {
  return json.replace(commands, (character) => escaped(character.charCodeAt(0)));
}

/** All of C0 and C1, save what moves on; then what Unicode has to turn a text, or to end a line. */
const commands =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

function escaped(code: number): string {
  return `\\u${hexOf(code, 4)}`;
}

function hexOf(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
