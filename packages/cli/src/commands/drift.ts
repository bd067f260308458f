import { inSession, newCommand } from "../command.js";
import { readFlags } from "../find-flag.js";
import { compare, type Difference } from "../gitops/compare.js";
import { actionOf, byWhom, titleOf } from "../gitops/describe.js";
import { readRecord } from "../gitops/record.js";
import { readSides } from "../gitops/sides.js";
import { tableOf } from "../table.js";

/** `burgee drift`: whether the store has gone its own way, in ways that somebody should look at. */
export const drift = () =>
  newCommand("drift", "tell where the store has drifted from Git")
    .option(
      "--strict",
      "fail on any difference: on audited changes at run time, and on what is not applied yet",
    )
    .addHelpText("after", help)
    .action(
      inSession(async (session, { strict = false }) => {
        const { git, opened } = await readSides(session);
        const { flagSet } = await readFlags(opened);
        const found = compare(git, flagSet, await readRecord(opened.store));
        const failing = found.filter((each) => strict || isAlarming(each));
        const data = found.map((each) => ({
          ...each,
          action: actionOf(each),
          alarming: isAlarming(each),
        }));
        const { output, settings } = session;
        output.tell(
          { file: settings.file, store: opened.name, ok: failing.length === 0, drift: data },
          () => {
            if (found.length === 0) return `${opened.name} has what ${settings.file} says.`;
            const rows = found.map((each) => [titleOf(each), hows[each.verdict], byWhom(each)]);
            const sum = `${found.length} differ, ${failing.length} to be looked at.`;
            return `${tableOf(["WHAT", "HOW", "BY WHOM"], rows)}\n\n${sum}`;
          },
        );
        return failing.length > 0 ? "findings" : "ok";
      }),
    );

const help = `
An audited change at run time, such as a release, is no alarm, and neither is what Git has that was not applied
yet. A change without an entry in the history is one, and so is a conflict. Holds are not compared.

Examples:
  $ burgee drift --store redis://localhost:6379 --key shop-production     each hour, from CI
  $ burgee drift --strict --json`;

function isAlarming({ verdict, unaudited }: Difference): boolean {
  return unaudited || verdict === "conflict";
}

const hows: Readonly<Record<Difference["verdict"], string>> = {
  git: "not applied yet",
  store: "changed at run time",
  agreed: "changed on both sides, to the same",
  conflict: "conflict",
  same: "changed back",
};
