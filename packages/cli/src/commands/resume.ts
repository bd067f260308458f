import { readHold, resumeFlag } from "@burgee/core";
import { inSession, newCommand, why } from "../command.js";
import { changeFlag } from "../releasing/change-flag.js";

/** `burgee resume flag`: the rule of a held flag decides again. */
export const resume = () =>
  newCommand("resume", "let the rule of a held flag decide again")
    .argument("<flag>", "its key")
    .option("--reason <text>", "why, for the history", why, "resumed by hand")
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .option("--yes", "do not ask")
    .addHelpText("after", help)
    .action(
      inSession(async (session, key, { reason, ...options }) => {
        return await changeFlag(session, key, { kind: "resume", ...options }, ({ flag }) => {
          const hold = readHold(flag);
          const title =
            hold === undefined ? "nobody holds it" : `the ${hold.kind} holds it no more`;
          return { flag: resumeFlag(flag), title, reason };
        });
      }),
    );

const help = `
It ends a trip of the guard, a kill, or a held ramp. The guard begins anew: what it saw before counts no more. A
release that was scheduled goes on as if it had not been held.

Example:
  $ burgee resume new-checkout --reason "mended in build 813"`;
