import { type FlagDefinition, writeHold } from "@burgee/core";
import { inSession, newCommand } from "../command.js";
import { endingOf, Failure } from "../failure.js";
import { changeFlag } from "../releasing/change-flag.js";
import { checkVariant, safeVariantOf } from "../releasing/safe-variant.js";

/** The reason where nobody has said one, or a blank. */
const UNSAID = "stopped by hand";

/** `burgee kill flag`: everybody gets the safe variant, until it is resumed. */
export const kill = () =>
  newCommand("kill", "serve a flag's safe variant to everybody, now")
    .argument("<flag>", "its key")
    .option(
      "--variant <name>",
      "what to serve (default: what the definition in code, or else the document, has as default)",
    )
    .option("--reason <text>", "why, for the history", UNSAID)
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .option("--yes", "do not ask")
    .addHelpText("after", help)
    .action(
      inSession(async (session, key, { variant, reason: given, ...options }) => {
        const reason = given.trim() || UNSAID;
        const change = { kind: "kill", insists: true, ...options } as const;
        return await changeFlag(session, key, change, async ({ flag }) => {
          const safe =
            variant === undefined
              ? await safeVariantOf(session, key, flag).catch((error) => {
                  throw unread(error, flag);
                })
              : checkVariant(variant, key, flag);
          if (safe === undefined) {
            const what = `Nobody knows the safe variant of ${key}; name it with --variant, or name the --definitions that say it.`;
            throw new Failure("usage", what);
          }
          return { flag: writeHold(flag, "kill", safe), title: `everybody gets ${safe}`, reason };
        });
      }),
    );

const help = `
The rule is kept underneath, and decides again after burgee resume. A deploy does not undo it: apply changes the
rule underneath. With --variant the definitions in code are not read, which is quicker.

Examples:
  $ burgee kill new-checkout --reason "orders are lost"
  $ burgee kill new-checkout --variant off --yes`;

/** Definitions that cannot be read, such as where there is no checkout, need not be. */
function unread(error: unknown, { variants }: FlagDefinition): Failure {
  const message = (error as Error).message.replace(/\.$/, "");
  const names = Object.keys(variants).join(", ");
  const what = `${message}; or name the safe one with --variant: ${names}. No definitions are read then.`;
  return new Failure(endingOf(error), what, error);
}
