import { createRuleset, type Explanation } from "@burgee/core";
import { CODE_DEFAULT } from "../blast-radius.js";
import { inSession, moment, newCommand } from "../command.js";
import { contextOf } from "../context-option.js";
import { explainedText, valueText } from "../explained-text.js";
import { findFlag, readFlags } from "../find-flag.js";
import { oneLine } from "../one-line.js";

/** `burgee explain flag`: how a flag is decided for a context, part by part. */
export const explain = () =>
  newCommand("explain", "show how a flag is decided for a context, part by part")
    .argument("<flag>", "its key")
    .option("--context <attributes...>", "who asks: name=value, or a JSON object")
    .option("--at <date>", "when, such as 2027-01-04T09:00Z (default: now)", moment)
    .addHelpText("after", help)
    .action(
      inSession(async (session, key, { context: attributes = [], at = Date.now() }) => {
        const context = contextOf(attributes);
        const opened = await session.openStore();
        const { id: revision, flagSet } = await readFlags(opened);
        const flag = findFlag(flagSet, key, opened);
        const explanation = createRuleset(flagSet).explain(key, context, at);
        const { output } = session;
        const data = { store: opened.name, revision, at: new Date(at).toISOString(), context };
        output.tell({ ...data, ...explanation }, () => {
          const { details, rule } = explanation;
          const { variant = CODE_DEFAULT, value } = details;
          const what = value === undefined ? variant : `${variant}: ${valueText(value)}`;
          const head = `${output.colors.bold(oneLine(key))}  ${oneLine(what)}`;
          const tree = rule && explainedText(rule, flag, flagSet, details);
          const where = `At ${data.at}, revision ${revision} of ${opened.name}.`;
          return [`${head}\n${whyText(explanation)}`, ...(tree ? [tree] : []), where].join("\n\n");
        });
        return "ok";
      }),
    );

const help = `
A value that is JSON is a number, a boolean, a list or an object; anything else is a text, and so is the
targeting key: plan=pro, age=42, address.city=Gent, roles='["admin"]', zip='"1000"'. What was not needed to
decide is not in the tree. It quotes the context, which may be personal.

Examples:
  $ burgee explain new-checkout --context targetingKey=user-7 plan=pro
  $ burgee explain new-checkout --context '{"targetingKey":"user-7"}' --at 2026-12-01T09:00Z
  $ burgee explain new-checkout --context country=NL --json`;

/** Why it is decided so, in a sentence. */
function whyText({ details, hold }: Explanation): string {
  const { reason, errorMessage = "" } = details;
  if (reason === "ERROR")
    return `The rule failed, so the code's default serves: ${oneLine(errorMessage)}.`;
  if (reason === "DISABLED") return "The flag is disabled, so the code's default serves.";
  if (hold !== undefined) return `A ${hold.kind} holds it, and what is held decides.`;
  if (reason === "STATIC") return "The flag has no rule, so its default variant serves.";
  if (reason === "DEFAULT") return "The rule gives no variant, so the default serves.";
  return "The rule decides.";
}
