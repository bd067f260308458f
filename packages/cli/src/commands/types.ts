import { relative, resolve } from "node:path";
import { ask } from "../ask.js";
import { inSession, newCommand } from "../command.js";
import { definitionsModule } from "../generating/definitions-module.js";
import { findText, writeText } from "../write-file.js";

/** `burgee types`: TypeScript that defines the flags of the document. */
export const types = () =>
  newCommand("types", "make definitions and types of the flag document")
    .description(
      "Makes a TypeScript module of the flag document: a definition of each flag, and a Register that tells\n" +
        "every adapter its key, its values and its variants. It is for flags that were in a document first.",
    )
    .option("--out <file>", "write it there, rather than to standard output")
    .option("--yes", "do not ask before a file is overwritten")
    .addHelpText("after", help)
    .action(
      inSession(async (session, { out, yes = false }) => {
        const { output, settings } = session;
        const module = definitionsModule(await session.readDocument(), settings.file);
        if (out === undefined) {
          output.tell({ module, written: false }, module.trimEnd());
          return "ok";
        }
        const file = resolve(out);
        const there = await findText(file);
        const name = relative(process.cwd(), file);
        if (there !== undefined && there !== module) {
          await ask(output, `${name} is there already. Overwrite it?`, yes);
        }
        const written = there !== module;
        if (written) await writeText(file, module, "w");
        output.tell({ file, module, written }, () =>
          written ? `${name} is written.` : `${name} has it already.`,
        );
        return "ok";
      }),
    );

const help = `
Definitions are yours from then on: edit the defaults, so that each is the variant that is safe to serve when
nothing is known. \`burgee check --definitions\` tells where the code and the document differ.

Examples:
  $ burgee types
  $ burgee types --out src/definitions.ts
  $ burgee types --file flags.yaml --out src/definitions.ts --yes`;
