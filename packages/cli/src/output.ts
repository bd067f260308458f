import pc from "picocolors";
import { harmless, harmlessJson } from "./harmless.js";

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
    const colored = stream === stdout && colors.isColorSupported;
    stream.write(`${colored ? harmlessBut(ours, text) : harmless(text)}\n`);
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

/** The codes of {@link Colors} that are used: bold, dim, red, green, yellow, and their ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ours = /(\u001B\[(?:1|2|22|31|32|33|39)m)/;

/** What a store holds may be hostile: no text of it reaches the terminal as a command. */
function harmlessBut(codes: RegExp, text: string): string {
  const parts = text.split(codes); // every other part is one of the codes
  return parts.map((part, index) => (index % 2 === 0 ? harmless(part) : part)).join("");
}

function jsonOf(data: unknown): string {
  return harmlessJson(JSON.stringify(data, null, 2));
}
