import { inSession, newCommand, why } from "../command.js";
import { freeOfHolds } from "../free-of-holds.js";
import { heldAs } from "../held-as.js";
import { changeFlag } from "../releasing/change-flag.js";
import { flagAt, flagBeforeLastChange } from "../releasing/flag-before.js";

/** `burgee rollback flag`: the flag as it was, from the history, as a new revision. */
export const rollback = () =>
  newCommand("rollback", "make a flag what it was before its last change")
    .argument("<flag>", "its key")
    .option("--to <revision>", "what it was at this revision, as history names them")
    .option("--reason <text>", "why, for the history (default: what is undone)", why)
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .option("--yes", "do not ask")
    .addHelpText("after", help)
    .action(
      inSession(async (session, key, { to, reason, ...options }) => {
        const change = { kind: "rollback", ...options } as const;
        return await changeFlag(session, key, change, async ({ flag, opened: { store } }) => {
          const past = await (to === undefined
            ? flagBeforeLastChange(store, key, flag)
            : flagAt(store, key, flag, to));
          const { title } = past;
          return {
            flag: heldAs(key, freeOfHolds(past.flag), flag),
            title,
            reason: reason ?? title,
          };
        });
      }),
    );

const help = `
It is a new revision, with an entry of its own: nothing is taken out of the history, and a rollback can be rolled
back. A hold stays where it is, whatever it was then: burgee resume ends it. Other flags stay as they are.

Examples:
  $ burgee rollback new-checkout
  $ burgee history new-checkout && burgee rollback new-checkout --to 41 --reason "before the campaign"`;
