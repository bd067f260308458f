import { readHold } from "@burgee/core";
import { sharesOf } from "../blast-radius.js";
import { inSession, newCommand } from "../command.js";
import { readFlags } from "../find-flag.js";
import { populationOf, sampleFor } from "../population.js";
import { servingText } from "../serving.js";
import { tableOf } from "../table.js";

/** `burgee list`: every flag of the store, and what it serves. */
export const list = () =>
  newCommand("list", "show every flag, and what it serves now")
    .addHelpText("after", help)
    .action(
      inSession(async (session) => {
        const { output, settings } = session;
        const opened = await session.openStore();
        const { id: revision, flagSet } = await readFlags(opened);
        const now = Date.now();
        const entries = Object.entries(flagSet.flags);
        const everybody = await populationOf(settings.contexts, flagSet);
        const population = sampleFor(entries.length, everybody);
        const flags = entries.map(([key, flag]) => ({
          key,
          state: flag.state,
          hold: readHold(flag)?.kind,
          shares: Object.fromEntries(sharesOf(key, flagSet, population, now)),
          serves: servingText(key, flag, flagSet, population, now),
          metadata: flag.metadata ?? {},
        }));
        output.tell({ store: opened.name, revision, of: population.contexts.length, flags }, () => {
          const rows = flags.map(({ key, serves, metadata }) => {
            const facts = ["owner", "kind", "expires"].map((name) => `${metadata[name] ?? ""}`);
            return [key, serves, ...facts];
          });
          const head = ["FLAG", "SERVES", "OWNER", "KIND", "EXPIRES"];
          const table = tableOf(head, rows, output.colors.bold);
          return `${table}\n\nRevision ${revision} of ${opened.name}; shares are of ${population.name}.`;
        });
        return "ok";
      }),
    );

const help = `
Shares are of the contexts that the configuration names; without them of made-up users, who have keys but
no attributes. "(code default)" is what the application's own definition says.

Examples:
  $ burgee list
  $ burgee list --store redis://localhost:6379 --key shop-production --json`;
