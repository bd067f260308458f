import pc from "picocolors";

/** Colours, which are none where nobody sees them. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command tells what it found. */
export interface Output {
  /** Whether it is read by a program: then standard output is one JSON document. */
  readonly json: boolean;
  readonly colors: Colors;
  /** Whether a person is there to be asked, and to see progress. */
  readonly interactive: boolean;
  /** What the command came to, told once and last: the data with `--json`, the text otherwise. */
  tell(data: unknown, text: string | (() => string)): void;
  /** What a person should read meanwhile; with `--json`, nothing. */
  say(text: string): void;
  /** One line that changes as work goes on, on a terminal only. */
  progress(text: string): void;
  /** An error, for a person and with `--json` for a program. */
  fail(code: string, message: string): void;
}

/** How it is told. */
export interface OutputOptions {
  readonly json: boolean;
  readonly color: boolean;
}

export function createOutput({ json, color }: OutputOptions): Output {
  const { stdin, stdout, stderr, env } = process;
  const dumb = env["TERM"] === "dumb" || Boolean(env["NO_COLOR"]);
  const colors = pc.createColors(color && !json && !dumb && stdout.isTTY === true);
  const live = !json && stderr.isTTY === true && env["TERM"] !== "dumb";
  let line = false;

  function print(stream: NodeJS.WriteStream, text: string): void {
    if (line) stderr.write("\r\u001B[K");
    line = false;
    stream.write(`${harmless(text)}\n`);
  }

  return {
    json,
    colors,
    interactive: live && stdin.isTTY === true,
    tell(data, text) {
      if (json) stdout.write(`${jsonOf(data)}\n`);
      else print(stdout, typeof text === "string" ? text : text());
    },
    say(text) {
      if (!json) print(stdout, text);
    },
    progress(text) {
      if (!live) return;
      stderr.write(`\r\u001B[K${harmless(text)}`);
      line = true;
    },
    fail(code, message) {
      if (json) stdout.write(`${jsonOf({ error: { code, message } })}\n`);
      print(stderr, `burgee: ${message}`);
    },
  };
}

/** What a store holds may be hostile: no text of it reaches the terminal as a command, save colours. */
export function harmless(text: string): string {
  return text.replace(commands, (character) => `\\x${hexOf(character, 2)}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const commands = /\u001B(?!\[[\d;]*m)|[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F-\u009F]/g;

/** JSON escapes the commands of a terminal by itself, but for those above ASCII's. */
function jsonOf(data: unknown): string {
  return JSON.stringify(data, null, 2).replace(/[\u007F-\u009F]/g, (character) => {
    return `\\u${hexOf(character, 4)}`;
  });
}

function hexOf(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
