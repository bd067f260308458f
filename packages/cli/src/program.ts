import { readFileSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { helpStyle } from "./command.js";
import { commands } from "./commands.js";
import { type ExitCode, exitCodes } from "./exit-codes.js";
import { endingOf, exitCodeOf } from "./failure.js";
import { harmless } from "./harmless.js";
import { createOutput } from "./output.js";

/**
 * Runs a command line, and sets the exit code of the process.
 *
 * @param args without the names of Node and of the command
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  const { fail } = createOutput({ json: args.includes("--json"), color: false });
  try {
    await createProgram().parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return refuse(error, fail);
    process.exitCode = exitCodeOf(error);
    const isBug = process.exitCode === exitCodes.bug;
    const message = error instanceof Error ? error.message : String(error);
    fail(endingOf(error), isBug ? `${message} (a fault of burgee: please report it)` : message);
    if (isBug && error instanceof Error) console.error(harmless(`${error.stack}`));
  }
}

function createProgram() {
  const program = new Command("burgee")
    .description("Flags that live in Git, releases that are audited, flags that end.")
    .version(version(), "-V, --version", "print the version")
    .option("--config <file>", "the configuration (default: burgee.config.ts, if there is one)")
    .option("--file <file>", "the flag document in Git (default: flags.json)")
    .option("--store <store>", "where flags are served from: a path or a URL (default: the file)")
    .option("--key <name>", "what the flag set is called in Redis")
    .option("--definitions <modules...>", "modules that export what defineFlags has made")
    .option("--json", "print one JSON document")
    .option("--no-color", "print no colours")
    .configureHelp({ ...helpStyle, showGlobalOptions: false })
    .addHelpText("after", epilogue)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const command of commands) program.addCommand(command());
  return program;
}

const epilogue = `
Each option can be set in burgee.config.ts, or as BURGEE_CONFIG, BURGEE_FILE, BURGEE_STORE, BURGEE_KEY.
BURGEE_AUDIT_KEY signs the history, BURGEE_ACTOR says who changes it, and NO_COLOR is heeded.

Exit codes:
  0  done, or nothing to do            3  conflict: both sides were changed
  1  found something, or refused it    4  the store cannot be reached, or written
  2  cannot use what was given         5  a person said no

Examples:
  $ burgee check
  $ burgee list --store redis://localhost:6379 --key shop-production
  $ burgee help history`;

/** The command line cannot be used, or was answered by help. */
function refuse(error: CommanderError, fail: (code: string, message: string) => void): void {
  if (error.exitCode === 0) return;
  process.exitCode = exitCodes.usage satisfies ExitCode;
  if (error.code === "commander.help")
    return void process.stderr.write(createProgram().helpInformation());
  const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  fail("usage", `${message.replace(/\.$/, "")}; see burgee help.`);
}

function version(): string {
  const file = new URL("../package.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).version;
}
