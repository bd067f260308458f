import { type AuditEntry, BurgeeError } from "@burgee/core";
import { verifyHistory } from "@burgee/stores/audit";
import { inSession, newCommand, positiveInteger } from "../command.js";
import { oneLine } from "../one-line.js";
import type { OpenStore } from "../open-store.js";
import type { Colors } from "../output.js";

/** `burgee history [flag]`: who changed what, when and why, and whether that is all of it. */
export const history = () =>
  newCommand("history", "show who changed what, and verify that nothing was tampered with")
    .argument("[flag]", "only what changed this flag")
    .option("--limit <count>", "only the newest", positiveInteger)
    .addHelpText("after", help)
    .action(
      inSession(async (session, flag, { limit }) => {
        const { output, settings } = session;
        const opened = await session.openStore();
        const entries = await all(opened);
        const fault = await faultOf(opened, entries, settings.auditKey);
        const held = await opened.read();
        const edited = held !== undefined && entries[0]?.revision !== held.id;
        const shown = entries
          .filter(({ flags }) => flag === undefined || Object.hasOwn(flags, flag))
          .slice(0, limit);
        const data = {
          store: opened.name,
          verified: fault === undefined,
          fault,
          edited,
          entries: shown,
        };
        output.tell(data, () => {
          const { colors } = output;
          const lines = shown.toReversed().map((entry) => entryText(entry, colors));
          if (edited && !opened.forgets) {
            lines.push(`${opened.name} was changed by hand since its newest entry.`);
          }
          const signed = settings.auditKey === undefined ? "" : ", signed";
          const sum = `${entries.length} entries, verified${signed}.`;
          return [...lines, fault === undefined ? colors.green(sum) : colors.red(fault)].join("\n");
        });
        return fault === undefined ? "ok" : "findings";
      }),
    );

const help = `
The whole history is verified, whatever part of it is shown: each entry holds the hash of the one before.
Without BURGEE_AUDIT_KEY that shows accidents; with it, whoever does not have the key cannot change it either.

Examples:
  $ burgee history
  $ burgee history new-checkout --limit 5 --json`;

/** The newest first. */
async function all({ store }: OpenStore): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of store.history()) entries.push(entry);
  return entries;
}

/** What is wrong with the chain, if anything is. */
async function faultOf(
  { forgets }: OpenStore,
  entries: readonly AuditEntry[],
  key: string | undefined,
): Promise<string | undefined> {
  const after = forgets ? entries.at(-1)?.previous : undefined;
  try {
    await verifyHistory(entries, {
      ...(key !== undefined && { key }),
      ...(after !== undefined && { after }),
    });
    return undefined;
  } catch (error) {
    if (error instanceof BurgeeError && error.code === "BROKEN_CHAIN") return error.message;
    throw error;
  }
}

function entryText(entry: AuditEntry, colors: Colors): string {
  const { time, actor, kind, reason, revision, origin = {}, flags, evaluators, metadata } = entry;
  const from = Object.entries(origin).map(([name, value]) => `${name} ${value}`);
  const changed = [
    ...Object.entries(flags).map(([key, alteration]) => `${verb(alteration)} ${oneLine(key)}`),
    ...Object.keys(evaluators).map((name) => `segment ${oneLine(name)}`),
    ...(metadata ? ["metadata"] : []),
  ];
  const about = [`revision ${revision}`, ...from].join(", ");
  return [
    `${colors.dim(time)}  ${colors.bold(kind)}  ${oneLine(actor)}: ${oneLine(reason)}`,
    `    ${changed.join(", ") || "nothing"}  ${colors.dim(oneLine(about))}`,
  ].join("\n");
}

function verb({ before, after }: { readonly before?: unknown; readonly after?: unknown }): string {
  if (before === undefined) return "+";
  return after === undefined ? "-" : "~";
}
