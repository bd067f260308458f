import type { FlagSet } from "@burgee/core";
import { writeFlagFile } from "@burgee/stores/flag-file";
import { inSession, newCommand } from "../command.js";
import { readFlags } from "../find-flag.js";
import { freeOfHolds } from "../free-of-holds.js";
import { BASE } from "../gitops/compare.js";
import { storeApart } from "../gitops/sides.js";

/** `burgee pull`: what the store holds goes back into the document in Git. */
export const pull = () =>
  newCommand("pull", "write what the store holds into the flag document in Git")
    .addHelpText("after", help)
    .action(
      inSession(async (session) => {
        const { output, settings } = session;
        const opened = await storeApart(session);
        const held = await readFlags(opened);
        const written = await writeFlagFile(settings.file, inGit(held.flagSet));
        const data = { file: settings.file, store: opened.name, revision: held.id, written };
        output.tell(data, () =>
          written
            ? `${settings.file} now has revision ${held.id} of ${opened.name}; see \`git diff\`, and commit it.`
            : `${settings.file} has all of revision ${held.id} of ${opened.name} already.`,
        );
        return "ok";
      }),
    );

const help = `
Holds (a trip, a kill, a held ramp) are the running store's: the file gets the rule that is held. How the
file is written stays, and so do comments in YAML; just what differs is changed.

Example:
  $ burgee pull --store redis://localhost:6379 --key shop-production && git diff flags.json`;

/** A flag set as Git has it, with the migrations that were confirmed. */
function inGit({ flags, metadata, ...rest }: FlagSet): FlagSet {
  const free = Object.entries(flags).map(([key, flag]) => [key, freeOfHolds(flag)]);
  const facts = Object.entries(metadata ?? {}).filter(([name]) => !name.startsWith(BASE));
  return {
    ...rest,
    flags: Object.fromEntries(free),
    ...(facts.length > 0 && { metadata: Object.fromEntries(facts) }),
  };
}
