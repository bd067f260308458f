import type { FlagMetadata, FlagSet } from "@burgee/core";
import { checkDefinitions } from "../checks/definitions.js";
import type { Finding } from "../checks/finding.js";
import { checkNames } from "../checks/names.js";
import { checkOperators } from "../checks/operators.js";
import { checkRequires } from "../checks/requires.js";
import { checkSchema } from "../checks/schema.js";
import { checkUnreachable } from "../checks/unreachable.js";
import { checkWeights } from "../checks/weights.js";
import { inSession, newCommand } from "../command.js";
import { oneLine } from "../one-line.js";
import type { Colors } from "../output.js";
import type { Session } from "../session.js";

/** `burgee check`: whether the flag document can be trusted. */
export const check = () =>
  newCommand("check", "look for faults in the flag document")
    .description(
      "Looks for faults in the flag document: of its schema, against the definitions in the code,\n" +
        "unknown operators and names, rules that can never be reached, weights, and flags that need a\n" +
        "database migration which nobody has confirmed. The store is asked for confirmations, if there is one.",
    )
    .option("--strict", "fail on warnings, too")
    .addHelpText("after", help)
    .action(
      inSession(async (session, { strict = false }) => {
        const flagSet = await session.readDocument();
        const findings = await findAll(session, flagSet);
        const failing = findings.filter(({ severity }) => strict || severity === "error");
        const { settings, output } = session;
        output.tell({ file: settings.file, ok: failing.length === 0, findings }, () => {
          return textOf(findings, Object.keys(flagSet.flags).length, output.colors);
        });
        return failing.length > 0 ? "findings" : "ok";
      }),
    );

const help = `
Examples:
  $ burgee check                                    flags.json, in CI before anything is applied
  $ burgee check --definitions src/flags.ts         also against what the code defines
  $ burgee check --strict --json`;

async function findAll(session: Session, flagSet: FlagSet): Promise<Finding[]> {
  const definitions = await session.readDefinitions();
  return [
    ...checkSchema(flagSet),
    ...checkOperators(flagSet),
    ...checkNames(flagSet),
    ...checkUnreachable(flagSet),
    ...checkWeights(flagSet),
    ...checkRequires(flagSet, await confirmations(session, flagSet)),
    ...(definitions ? await checkDefinitions(flagSet, definitions) : []),
  ];
}

/** What was confirmed: as the store says, or the document where there is no other. */
async function confirmations(session: Session, { metadata }: FlagSet): Promise<FlagMetadata> {
  const { file, store } = session.settings;
  if (store === file) return metadata ?? {};
  const held = await (await session.openStore()).read();
  return held?.flagSet.metadata ?? {};
}

function textOf(findings: readonly Finding[], flags: number, colors: Colors): string {
  const lines = findings.map(({ severity, pointer, message }) => {
    const mark = severity === "error" ? colors.red("error") : colors.yellow("warning");
    return `${mark}  ${colors.bold(oneLine(pointer || "/"))} ${oneLine(message)}`;
  });
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const sum = `${count(flags, "flag")}, ${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
  return [...lines, sum].join("\n");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
