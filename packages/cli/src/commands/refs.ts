import { inSession, newCommand } from "../command.js";
import { oneLine } from "../one-line.js";
import type { Output } from "../output.js";
import type { Reference, References } from "../references/find-references.js";
import { knownKeys } from "../references/known-keys.js";
import { searchCode } from "../references/search-code.js";

/** `burgee refs [flags...]`: where the code is about flags. */
export const refs = () =>
  newCommand("refs", "find every reference to flags in the code")
    .argument(
      "[flags...]",
      "their keys; without one, every flag of the document and of the definitions",
    )
    .addHelpText("after", help)
    .action(
      inSession(async (session, given) => {
        const { output, settings } = session;
        const keys = given.length > 0 ? new Set(given) : await knownKeys(session);
        const found = await searchCode(session, keys);
        const without = [...keys].filter((key) => !isReferenced(key, found.references));
        output.tell({ root: settings.root, ...found, without }, () =>
          textOf(found, without, output),
        );
        return "ok";
      }),
    );

const help = `
TypeScript and JavaScript are read by their syntax. Left out are node_modules, what .gitignore names, names that
begin with a dot, and files of more than 1 MB; \`sources\` in the configuration says where else to look, or not:
["src/**", "!**/*.test.ts"]. Kinds of references:
  definition   defineFlags({ "key": … }), flagSet, and the client option of createFlags
  read         useFlag("key"), scope.get("key"), @FlagValue("key")
  gate         requireFlag("key"), byVariant("key", …), @RequireFlag("key"), <Flag name="key">
  override     { overrides: { "key": … } }, flags.pin("key", …)
  guard        monitor.guard({ flag: "key" })
  mention      any other text that is a flag's key
A key that is put together at run time is not found. Any key may be given, also of a flag that is gone.

Examples:
  $ burgee refs
  $ burgee refs new-checkout              what is to be taken out of the code
  $ burgee refs --json`;

/** Whether the code does more with a flag than to define it. */
function isReferenced(key: string, references: readonly Reference[]): boolean {
  return references.some(({ flag, kind }) => flag === key && kind !== "definition");
}

function textOf(
  { references, files, skipped }: References,
  without: readonly string[],
  { colors }: Output,
): string {
  const lines = references.map(({ flag, file, line, column, kind, by }) => {
    const how = by === undefined ? kind : `${kind}, ${by}`;
    const place = `${oneLine(file)}:${line}:${column}`;
    return `${place}  ${colors.bold(oneLine(flag))}  ${colors.dim(how)}`;
  });
  const left = skipped.map(({ file, why }) => `${oneLine(file)}  left out: ${oneLine(why)}`);
  const none = without.length > 0 ? [oneLine(`Nothing refers to ${without.join(", ")}.`)] : [];
  const sum = `${count(references.length, "reference")} in ${count(files, "file")}.`;
  return [...lines, ...left, ...none, sum].join("\n");
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
