import { Option } from "@commander-js/extra-typings";
import { inSession, newCommand } from "../command.js";
import { makePlan } from "../gitops/plan.js";
import { conflictsOf, planData } from "../gitops/plan-data.js";
import { planText } from "../gitops/plan-text.js";
import { readRecord } from "../gitops/record.js";
import { readSides } from "../gitops/sides.js";
import { oneLine } from "../one-line.js";

/** `burgee plan`: what applying the document in Git would change in the store, and for whom. */
export const plan = () =>
  newCommand("plan", "show what applying the flag document would change, and for whom")
    .addOption(keepOption())
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .addHelpText("after", help)
    .action(
      inSession(async (session, { keep, contexts = session.settings.contexts }) => {
        const { git, opened } = await readSides(session);
        const held = await opened.read();
        const store = held?.flagSet ?? { flags: {} };
        const record = await readRecord(opened.store);
        const plan = await makePlan({ git, store, record, keep, contexts });
        const data = { file: session.settings.file, store: opened.name, revision: held?.id ?? "" };
        const { output } = session;
        output.tell({ ...data, ...planData(plan) }, () => {
          const refused = plan.refusals.map(
            (why) => `\n\n${output.colors.red("refused")}  ${oneLine(why)}`,
          );
          return `${planText(plan, output.colors)}${refused.join("")}`;
        });
        if (conflictsOf(plan.differences).length > 0) return "conflict";
        return plan.refusals.length > 0 ? "findings" : "ok";
      }),
    );

/** The option that resolves conflicts. */
export function keepOption() {
  return new Option("--keep <side>", "resolve conflicts for one side").choices([
    "store",
    "git",
  ] as const);
}

const help = `
Flags, segments and the set's metadata are compared one by one, by what Git said when the store was last seeded:
  Git unchanged      what was changed at run time is kept, and listed
  store unchanged    Git is taken
  both changed       a conflict: exit code 3, until --keep says which
A trip, a kill or a held ramp is no difference; the rule under it is.

Examples:
  $ burgee plan --store redis://localhost:6379 --key shop-production
  $ burgee plan --contexts visitors.ndjson      the blast radius of real visitors, not of made-up ones`;
