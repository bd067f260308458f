import { Failure } from "./failure.js";
import { oneLine } from "./one-line.js";
import type { Output } from "./output.js";

/**
 * Asks a person before something is written.
 *
 * @param yes whether it was answered on the command line, by `--yes`
 * @throws Failure `declined` if the answer is no; `usage` if nobody is there to be asked
 */
export async function ask({ interactive }: Output, question: string, yes = false): Promise<void> {
  if (yes) return;
  if (!interactive) {
    const what =
      "Nobody is there to be asked, and nothing was written; pass --yes to go on without.";
    throw new Failure("usage", what);
  }
  const { confirm } = await import("@clack/prompts");
  const message = oneLine(question);
  const answer = await confirm({ message, initialValue: false, output: process.stderr });
  if (answer !== true) throw new Failure("declined", "Nothing was written.");
}
