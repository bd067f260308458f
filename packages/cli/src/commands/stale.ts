import { type Duration, millisecondsOf } from "@burgee/core";
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { ask } from "../ask.js";
import { blastRadius, radiusText } from "../blast-radius.js";
import { inSession, moment, newCommand } from "../command.js";
import { findFlag, readFlags } from "../find-flag.js";
import { oneLine } from "../one-line.js";
import type { OpenStore } from "../open-store.js";
import type { Session } from "../session.js";
import { archiveFlags, type ToArchive, withoutThem } from "../stale/archive.js";
import { type Gathered, gatherEvidence } from "../stale/gather-evidence.js";
import { isArchived } from "../stale/judge.js";
import { reportText, type StaleFlag, staleFlag } from "../stale/report.js";

/** `burgee stale [flags...]`: the flags that should end, and why. */
export const stale = () =>
  newCommand("stale", "find the flags that should end")
    .argument(
      "[flags...]",
      "their keys; without one, every flag of the store and of the definitions",
    )
    .addOption(
      new Option("--max-age <time>", "how long a flag's state may stay as it is")
        .argParser(age)
        .default(90 * 86_400_000, "90d"),
    )
    .option("--at <date>", "judge as of then, such as 2027-01-04 (default: now)", moment)
    .option("--archive", "disable those of the store, with an entry in the history")
    .option("--yes", "do not ask before they are disabled")
    .addHelpText("after", help)
    .action(
      inSession(async (session, given, options) => {
        const { maxAge, at = Date.now(), archive = false, yes = false } = options;
        const opened = await session.openStore();
        const held = await readFlags(opened);
        const evidence = await gatherEvidence(session, opened, held, { at, maxAge });
        const keys = keysOf(given, evidence, opened);
        const judged = keys.map((key) => staleFlag(key, evidence));
        const found = judged.filter(({ reasons }) => reasons.length > 0);
        const moment = { at: new Date(at).toISOString(), maxAge };
        const { skipped } = evidence;
        const data = { store: opened.name, ...moment, of: keys.length, flags: found, skipped };
        const text = reportText(found, keys, evidence, opened);
        const toArchive = archivable(archive ? found : [], evidence);
        if (toArchive.size === 0) {
          session.output.tell(data, text);
          return found.length > 0 ? "findings" : "ok";
        }
        session.output.say(`${text}\n`);
        const done = await archiveThem(session, opened, toArchive, evidence, yes);
        session.output.tell({ ...data, ...done.data }, done.text);
        return done.data.archived.length === found.length ? "ok" : "findings";
      }),
    );

const help = `
A flag is stale if
  unchanged      its state was not changed for --max-age: by the history, or without one by its \`created\`
  expired        its \`expires\` is past
  settled        everybody has one variant, and that is not the safe one
  unreferenced   the code defines it, and does nothing else with it (see \`burgee refs\`)
  undefined      the store has it, and the code does not define it
  archived       it was disabled by --archive, and the code still has it
Flags of kind ops and permission live as long as the application: they are neither unchanged nor settled. A release
that still grows is neither, too. Exit code 1 if any is stale, for CI.

--archive shows who sees another variant then, asks, and disables: the default in the code serves from then on.

Examples:
  $ burgee stale --max-age 90d
  $ burgee stale --at 2027-03-01 --json            those that will be stale by then
  $ burgee stale old-banner --archive              ends that one, if it is stale`;

/** @throws Failure `usage` for one that neither the store nor the code has */
function keysOf(given: readonly string[], evidence: Gathered, opened: OpenStore): string[] {
  const { flagSet, definitions = {} } = evidence;
  const all = new Set([...Object.keys(flagSet.flags), ...Object.keys(definitions)]);
  for (const key of given) if (!all.has(key)) findFlag(flagSet, key, opened);
  return [...(given.length > 0 ? new Set(given) : all)];
}

/** Those that the store has, and that were not archived before; with the reason for the history. */
function archivable(found: readonly StaleFlag[], evidence: Gathered): ToArchive {
  const { flags } = evidence.flagSet;
  const those = found.filter(({ key }) => Object.hasOwn(flags, key) && !isArchived(key, evidence));
  return new Map(
    those.map(({ key, reasons }) => [key, reasons.map(({ message }) => message).join(", ")]),
  );
}

async function archiveThem(
  session: Session,
  opened: OpenStore,
  toArchive: ToArchive,
  { flagSet, population }: Gathered,
  yes: boolean,
) {
  const keys = [...toArchive.keys()];
  const effects = blastRadius(keys, flagSet, withoutThem(flagSet, keys), population, Date.now());
  const lines = effects.map(
    (effect) => `${oneLine(effect.flag)}  ${radiusText(effect, population)}`,
  );
  session.output.say(
    `To be disabled, so that the default in the code serves:\n${lines.join("\n")}\n`,
  );
  await ask(session.output, `Disable ${keys.join(", ")}?`, yes);
  const entry = await archiveFlags(opened, flagSet, toArchive, await session.authorship());
  const archived = Object.keys(entry?.flags ?? {});
  const left = keys.filter((key) => !archived.includes(key));
  const parts = [
    ...(entry
      ? [`${archived.join(", ")} disabled; ${opened.name} is at revision ${entry.revision}.`]
      : []),
    ...(left.length > 0
      ? [`Left as they are, since somebody has changed them meanwhile: ${left.join(", ")}.`]
      : []),
  ];
  return { data: { archived, effects, entry }, text: parts.map(oneLine).join("\n") };
}

function age(text: string): number {
  const time = millisecondsOf(text as Duration);
  if (time !== undefined && time > 0) return time;
  throw new InvalidArgumentError("It is a time such as 90d, 12h or 30m.");
}
