import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import type { Ending } from "./exit-codes.js";
import { exitCodes } from "./exit-codes.js";
import { createOutput } from "./output.js";
import { createSession, type Session } from "./session.js";
import { type GlobalOptions, readSettings } from "./settings.js";

/**
 * A command, to be given its arguments, options and action.
 *
 * @param summary what it does, as the list of commands says it
 */
export function newCommand(name: string, summary: string) {
  return new Command(name)
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
    .configureHelp(helpStyle)
    .exitOverride()
    .configureOutput({ writeErr: () => {} }); // the program tells it, in its own words
}

/** How help is laid out. */
export const helpStyle = { showGlobalOptions: true, sortSubcommands: false } as const;

/**
 * The action of a command: does its work in a session, which is closed in any case.
 *
 * @param work what it came to is the exit code
 */
export function inSession<Given extends readonly unknown[]>(
  work: (session: Session, ...given: Given) => Promise<Ending>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const options = (given.at(-1) as Command).optsWithGlobals() as AllOptions;
    const output = createOutput({ json: options.json === true, color: options.color });
    const session = createSession(await readSettings(options), output);
    try {
      process.exitCode = exitCodes[await work(session, ...given)];
    } finally {
      session.close();
    }
  };
}

type AllOptions = GlobalOptions & { readonly json?: true; readonly color: boolean };

/** Reads an option that is a whole number of 1 or more. */
export function positiveInteger(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number of 1 or more.");
}

/** Reads an option that is a date and time, as ISO 8601 has it. @returns milliseconds since the epoch */
export function moment(text: string): number {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  const time = day === undefined ? Number.NaN : Date.parse(text);
  if (day === undefined || Number.isNaN(time)) {
    throw new InvalidArgumentError("It is a date such as 2027-01-04T09:00Z, or 2027-01-04.");
  }
  if (new Date(day).toISOString().startsWith(day)) return time;
  throw new InvalidArgumentError(`No calendar has ${day}.`); // which would be read as a later day
}

/** Reads an option that says why. What looks like an option is one, before which the reason was forgotten. */
export function why(text: string): string {
  const said = text.trim();
  if (said !== "" && !/^--\w/.test(said)) return said;
  throw new InvalidArgumentError("It says why, in words.");
}
