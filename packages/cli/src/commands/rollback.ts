import type { FlagDefinition } from "@burgee/core";
import { inSession, newCommand, why } from "../command.js";
import { Failure } from "../failure.js";
import { freeOfHolds } from "../free-of-holds.js";
import { heldAs } from "../held-as.js";
import { refusalOf, unconfirmed } from "../migrations.js";
import { type FoundPlace, putFlag } from "../releasing/change-flag.js";
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
        return await putFlag(session, key, change, async (place) => {
          const past = await (to === undefined ? flagBeforeLastChange(place) : flagAt(place, to));
          stopIfNotReady(past.flag, place);
          const { flag } = place;
          const { title } = past;
          return {
            flag: flag === undefined ? past.flag : heldAs(key, freeOfHolds(past.flag), flag),
            title,
            reason: reason ?? title,
          };
        });
      }),
    );

const help = `
It is a new revision, with an entry of its own: nothing is taken out of the history, and a rollback can be rolled
back. A hold stays where it is, whatever it was then: burgee resume ends it. A flag that was removed is brought back as
it was, hold and all. Other flags stay as they are.

Examples:
  $ burgee rollback new-checkout
  $ burgee history new-checkout && burgee rollback new-checkout --to 41 --reason "before the campaign"`;

/** @throws Failure `findings` for a flag that would wait for a migration, and does not now */
function stopIfNotReady(past: FlagDefinition, { key, flag, flagSet: { metadata } }: FoundPlace) {
  const known = flag === undefined ? [] : unconfirmed(flag, metadata);
  const names = unconfirmed(past, metadata).filter((name) => !known.includes(name));
  if (names.length === 0) return;
  throw new Failure("findings", `Nothing was written: ${refusalOf(key, names)}.`);
}
