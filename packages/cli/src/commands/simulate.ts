import { relative } from "node:path";
import { createRuleset, type FlagSet } from "@burgee/core";
import { fileStore } from "@burgee/stores/file";
import { createTrial, percentOf, type Trial } from "../blast-radius.js";
import { inSession, newCommand } from "../command.js";
import { Failure } from "../failure.js";
import { findFlag, readFlags } from "../find-flag.js";
import { heldAs } from "../held-as.js";
import type { OpenStore } from "../open-store.js";
import { populationOf } from "../population.js";
import { releaseFlag } from "../releasing/release-flag.js";
import { releasedVariant } from "../releasing/released-variant.js";
import { safeVariantOf } from "../releasing/safe-variant.js";
import { share } from "../releasing/share.js";
import { stopIfBroken } from "../releasing/stop-if-broken.js";
import type { Session } from "../session.js";
import { streamContexts } from "../stream-contexts.js";
import { tableOf } from "../table.js";

/** `burgee simulate flag`: who would see another variant of a flag under an edit. */
export const simulate = () =>
  newCommand("simulate", "tell who would see another variant under an edit; nothing is written")
    .argument("<flag>", "its key")
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .option("--with <file>", "the edit: this flag document (default: the one in Git)")
    .option("--percent <share>", "the edit: a release to so many percent", share)
    .option("--variant <name>", "which variant is released")
    .option("--by <attribute>", "what the release is split by")
    .addHelpText("after", help)
    .action(
      inSession(async (session, key, { contexts = session.settings.contexts, ...options }) => {
        const { output } = session;
        const opened = await session.openStore();
        const { id: revision, flagSet: before } = await readFlags(opened);
        const { after, edit } = await editOf(session, key, before, opened, options);
        stopIfBroken(key, after);
        const now = Date.now();
        const trial = createTrial(key, createRuleset(before), createRuleset(after), now);
        const whom = await tryOn(trial, contexts, [before, after], output.progress);
        const radius = trial.radius();
        output.tell(
          { store: opened.name, revision, edit, real: contexts !== undefined, ...radius },
          () => {
            const { of, changed, moves } = radius;
            const sum = `${percentOf(changed, of)} of ${of.toLocaleString("en")} ${whom} would see another variant of ${key}, by ${edit}.`;
            const rows = moves.map(({ from, to, count }) => {
              return [from, to, count.toLocaleString("en"), percentOf(count, of)];
            });
            return rows.length === 0
              ? sum
              : `${sum}\n\n${tableOf(["FROM", "TO", "HOW MANY", "SHARE"], rows)}`;
          },
        );
        return "ok";
      }),
    );

const help = `
What the store holds is compared with the flag document in Git, with another document, or with a release. Each
context is decided under both, at one moment. A held flag serves what is held under both. A file with an object
a line may be of any size: a day's visitors from a log, for one.

Examples:
  $ burgee simulate search-ranking --contexts visitors.ndjson
  $ burgee simulate new-checkout --contexts visitors.ndjson --percent 25
  $ burgee simulate new-checkout --with flags.next.json --json`;

interface EditOptions {
  readonly with?: string | undefined;
  readonly percent?: number | undefined;
  readonly variant?: string | undefined;
  readonly by?: string | undefined;
}

/** The flag set under the edit, and what the edit is called. */
async function editOf(
  session: Session,
  key: string,
  before: FlagSet,
  opened: OpenStore,
  { with: document, percent, variant: asked, by }: EditOptions,
): Promise<{ after: FlagSet; edit: string }> {
  const { settings } = session;
  if (percent === undefined) {
    if (asked !== undefined || by !== undefined) {
      throw new Failure(
        "usage",
        "--variant and --by are about a release; say how far, with --percent.",
      );
    }
    if (document === undefined && settings.store === settings.file) {
      const what = `The store is the flag document itself, ${settings.file}; name an edit: --percent, or --with another document.`;
      throw new Failure("usage", what);
    }
    const after = await (document === undefined ? session.readDocument() : readFile(document));
    return {
      after: appliedTo(before, after, key, opened),
      edit: document ?? relative(process.cwd(), settings.file),
    };
  }
  if (document !== undefined)
    throw new Failure("usage", "--with and --percent are two edits; name one.");
  const flag = findFlag(before, key, opened);
  stopIfBroken(key, before);
  const safe = await safeVariantOf(session, key, flag);
  const variant = releasedVariant(asked, key, flag, safe);
  const now = Date.now();
  const steps = [{ at: new Date(now), percent }] as const;
  const released = releaseFlag(key, flag, before, { variant, safe, by, steps, now });
  const after = { ...before, flags: { ...before.flags, [key]: released } };
  return { after, edit: `a release of ${variant} to ${percent} %` };
}

async function readFile(path: string): Promise<FlagSet> {
  return (await fileStore(path).read()).flagSet;
}

/** What a store would hold if one flag and the shared rules were taken from a document. */
function appliedTo(store: FlagSet, document: FlagSet, key: string, opened: OpenStore): FlagSet {
  const [held, flag] = [store, document].map(({ flags }) => {
    return Object.hasOwn(flags, key) ? flags[key] : undefined;
  });
  if (flag === undefined) findFlag(store, key, opened);
  const { [key]: _, ...others } = store.flags;
  return {
    flags: { ...others, ...(flag && { [key]: heldAs(key, flag, held) }) },
    $evaluators: { ...store.$evaluators, ...document.$evaluators },
  };
}

/** @returns what those are called that it was tried on */
async function tryOn(
  trial: Trial,
  file: string | undefined,
  flagSets: readonly FlagSet[],
  progress: (text: string) => void,
): Promise<string> {
  if (file === undefined) {
    for (const context of (await populationOf(undefined, ...flagSets)).contexts) trial.try(context);
    return "made-up users";
  }
  let count = 0;
  for await (const context of streamContexts(file)) {
    trial.try(context);
    count += 1;
    if (count % 10_000 === 0) progress(`${count.toLocaleString("en")} contexts`);
  }
  return "contexts";
}
