import { inSession, newCommand, why } from "../command.js";
import { commitChange } from "../commit-change.js";
import { Failure } from "../failure.js";
import { CONFIRMED, migrationsOf } from "../migrations.js";

/** `burgee confirm name`: a database migration is done, and the flags that need it may be released. */
export const confirm = () =>
  newCommand("confirm", "say that a database migration is done, so that its flags may be released")
    .argument("<migration>", "its name, as the metadata `requires` of flags has it")
    .requiredOption("--reason <text>", "how you know, for the history", why)
    .addHelpText("after", help)
    .action(
      inSession(async (session, migration, { reason }) => {
        if (!/^[^\s,]{1,200}$/.test(migration)) {
          const what = `${JSON.stringify(migration)} names no migration: it is up to 200 characters, without spaces or commas.`;
          throw new Failure("usage", what);
        }
        const name = `${CONFIRMED}${migration}`;
        const opened = await session.openStore();
        const authorship = await session.authorship();
        let waiting: string[] = [];
        const entry = await commitChange(opened, ({ flags, metadata = {} }) => {
          const entries = Object.entries(flags);
          waiting = entries.flatMap(([key, flag]) =>
            migrationsOf(flag).includes(migration) ? [key] : [],
          );
          if (metadata[name]) return undefined;
          const confirmed = { ...metadata, [name]: new Date().toISOString() };
          return { ...authorship, metadata: confirmed, kind: "manual", reason };
        });
        const { output } = session;
        const data = { store: opened.name, migration, confirmed: true, flags: waiting, entry };
        output.tell(data, () => {
          const done = entry === undefined ? "was confirmed before" : "is confirmed";
          const whose = waiting.length > 0 ? waiting.join(", ") : "no flag of the store yet";
          return `${migration} ${done} in ${opened.name}; it is required by ${whose}.`;
        });
        return "ok";
      }),
    );

const help = `
Expand, then contract: first the database gets what the new code needs, then the flag may be released. A flag
says so in its metadata, "requires": "add-currency-column" (several with commas between); until each is
confirmed, check, apply, release and rollback refuse it. The confirmation is kept in the set's metadata, as
burgee.confirmed.NAME, with an entry in the history.

Example:
  $ burgee confirm add-currency-column --reason "migrated in build 812"`;
