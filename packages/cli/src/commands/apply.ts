import { inSession, newCommand, why } from "../command.js";
import { type Change, commitChange } from "../commit-change.js";
import { Failure } from "../failure.js";
import { titleOf } from "../gitops/describe.js";
import { makePlan, type Plan } from "../gitops/plan.js";
import { conflictsOf, planData } from "../gitops/plan-data.js";
import { planText } from "../gitops/plan-text.js";
import { readRecord } from "../gitops/record.js";
import { readSides } from "../gitops/sides.js";
import type { Session } from "../session.js";
import { keepOption } from "./plan.js";

/** `burgee apply`: the store gets what Git says, and keeps what was changed at run time. */
export const apply = () =>
  newCommand(
    "apply",
    "seed the store with the flag document, and keep what was changed at run time",
  )
    .addOption(keepOption())
    .option("--reason <text>", "why, for the history (default: the document and its commit)", why)
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .addHelpText("after", help)
    .action(
      inSession(async (session, { keep, reason, contexts = session.settings.contexts }) => {
        const { git, opened } = await readSides(session);
        const by = await seededBy(session, reason);
        let plan: Plan | undefined;
        const entry = await commitChange(opened, async (store) => {
          const record = await readRecord(opened.store);
          plan = await makePlan({ git, store, record, keep, contexts });
          stopIf(plan);
          return plan.change && { ...plan.change, ...by };
        });
        const { output, settings } = session;
        const made = plan as unknown as Plan;
        const data = {
          file: settings.file,
          store: opened.name,
          applied: entry !== undefined,
          entry,
        };
        output.tell({ ...data, ...planData(made) }, () => {
          const done = entry
            ? `${opened.name} is at revision ${entry.revision}.`
            : `There is nothing to apply to ${opened.name}.`;
          return `${planText(made, output.colors)}\n${output.colors.green(done)}`;
        });
        return "ok";
      }),
    );

const help = `
It is the same to apply once or twice. The entry in the history says who, from which commit, build and URL:
what the CI says (GitHub, GitLab, CircleCI, Buildkite, Jenkins), or Git, or BURGEE_ACTOR, BURGEE_COMMIT,
BURGEE_BUILD, BURGEE_URL. If somebody else writes meanwhile, it is compared anew. In a conflict nothing is written.

Examples:
  $ burgee apply --store redis://localhost:6379 --key shop-production
  $ burgee apply --keep git       what was changed at run time, too, gives way to Git`;

/** @throws Failure if a plan is not to be applied; nothing was written */
function stopIf({ differences, refusals }: Plan): void {
  if (refusals.length > 0) {
    throw new Failure("findings", `Nothing was written: ${refusals.join("; ")}.`);
  }
  const conflicts = conflictsOf(differences);
  if (conflicts.length === 0) return;
  const what =
    `Nothing was written: Git and the store were both changed since the last seed, for ` +
    `${conflicts.map(titleOf).join(", ")}; look at \`burgee plan\`, and resolve it with --keep store or --keep git.`;
  throw new Failure("conflict", what);
}

/** Who seeds, why and from where, as the history keeps it. */
async function seededBy(
  { authorship, settings }: Session,
  reason: string | undefined,
): Promise<Pick<Change, "actor" | "origin" | "reason" | "kind">> {
  const { actor, origin } = await authorship(settings.file);
  const from = origin.commit === undefined ? "" : ` of commit ${origin.commit.slice(0, 12)}`;
  const said = reason ?? `${settings.file.split(/[\\/]/).at(-1)}${from}`;
  return { actor, origin, reason: said, kind: "seed" };
}
