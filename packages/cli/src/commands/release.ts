import { type Duration, millisecondsOf, type RolloutStep, readHold } from "@burgee/core";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { inSession, moment, newCommand, why } from "../command.js";
import { Failure } from "../failure.js";
import { refusalOf, unconfirmed } from "../migrations.js";
import { changeFlag, type FoundFlag } from "../releasing/change-flag.js";
import { timeText } from "../releasing/preview.js";
import { releaseFlag } from "../releasing/release-flag.js";
import { releasedVariant } from "../releasing/released-variant.js";
import { safeVariantOf } from "../releasing/safe-variant.js";
import { share } from "../releasing/share.js";
import { stopIfBroken } from "../releasing/stop-if-broken.js";

/** `burgee release flag`: a variant goes to a share of everybody, now or as time goes on. */
export const release = () =>
  newCommand("release", "give a variant to a share of everybody, now or as time goes on")
    .argument("<flag>", "its key")
    .requiredOption("--percent <share>", "how many percent have it: 0 to 100", share)
    .requiredOption("--reason <text>", "why, for the history", why)
    .option("--then <shares>", "how many later, with commas between: 50,100", shares)
    .option("--every <time>", "how much later each time: 30m, 1h, 2d", duration)
    .option("--at <date>", "when it begins, such as 2027-01-04T09:00Z (default: now)", moment)
    .option("--variant <name>", "which variant (default: the one that is not the safe one)")
    .option("--by <attribute>", "what is split by (default: as it is, or the targeting key)")
    .option(
      "--contexts <file>",
      "evaluation contexts that it is tried on: a JSON list, or one a line",
    )
    .option("--yes", "do not ask")
    .addHelpText("after", help)
    .action(
      inSession(async (session, key, { yes, contexts, ...options }) => {
        const schedule = scheduleOf(options);
        return await changeFlag(session, key, { kind: "release", yes, contexts }, async (found) => {
          stopIfNotReady(found);
          const { flag, flagSet, now } = found;
          const safe = await safeVariantOf(session, key, flag);
          const variant = releasedVariant(options.variant, key, flag, safe);
          const steps = schedule(now);
          const { by, reason } = options;
          return {
            flag: releaseFlag(key, flag, flagSet, { variant, safe, by, steps, now }),
            title: titleOf(variant, steps, now),
            reason,
            moments: steps.map(({ at }) => Number(at)).filter((at) => at > now),
          };
        });
      }),
    );

const help = `
The share is of those for whom no condition of the rule decides: conditions stay in front. Whoever has the variant
keeps it while the share grows. With --then, it grows evenly from each share to the next; with --at, it is as it was
until then. The schedule is in the rule itself, computed from the time: no job has to run, and any flagd obeys it.

Whoever has no targeting key is in no share, not even in 100 percent. To end a release, make the variant the
default in Git.

Examples:
  $ burgee release new-checkout --percent 10 --reason "first tenth"
  $ burgee release new-checkout --percent 10 --then 50,100 --every 1h --at 2026-12-01T09:00Z --reason launch
  $ burgee release search-ranking --variant popular --percent 50 --by company --reason "half of the companies"`;

interface ScheduleOptions {
  readonly percent: number;
  readonly then?: readonly number[] | undefined;
  readonly every?: number | undefined;
  readonly at?: number | undefined;
}

type Steps = readonly [RolloutStep, ...RolloutStep[]];

/** @throws Failure `usage` for what is no schedule */
function scheduleOf({ percent, then = [], every, at }: ScheduleOptions): (now: number) => Steps {
  if (then.length > 0 !== (every !== undefined)) {
    throw new Failure(
      "usage",
      "--then says how many, and --every how much later; give both, or none.",
    );
  }
  const all = [percent, ...then];
  if (all.some((share, index) => share < (all[index - 1] ?? 0))) {
    throw new Failure("usage", `A schedule only grows: ${all.join(", ")} does not; mend --then.`);
  }
  if (at !== undefined && at <= Date.now()) {
    throw new Failure("usage", `${timeText(at)} is past; leave out --at to begin now.`);
  }
  return (now) => {
    const [first, ...others] = all.map((share, index) => {
      return { at: new Date((at ?? now) + index * (every ?? 0)), percent: share };
    });
    return [first as RolloutStep, ...others];
  };
}

/** @throws Failure `findings` for a flag that is not to be released as it is */
function stopIfNotReady({ key, flag, flagSet }: FoundFlag): void {
  const hold = readHold(flag);
  if (hold !== undefined) {
    const what = `A ${hold.kind} holds ${key}, and nothing was written; run \`burgee resume ${key}\` first, if that is over.`;
    throw new Failure("findings", what);
  }
  if (flag.state === "DISABLED") {
    const what = `${key} is disabled, and nothing was written; enable it in the flag document first.`;
    throw new Failure("findings", what);
  }
  const names = unconfirmed(flag, flagSet.metadata);
  if (names.length > 0) {
    throw new Failure("findings", `Nothing was written: ${refusalOf(key, names)}.`);
  }
  stopIfBroken(key, flagSet);
}

function titleOf(variant: string, steps: Steps, now: number): string {
  const parts = steps.map(({ at, percent }) => {
    return `${percent} %${Number(at) > now ? ` at ${timeText(Number(at))}` : ""}`;
  });
  return `${variant} to ${parts.join(", then growing to ")}`;
}

function shares(text: string): readonly number[] {
  return text.split(",").map((part) => share(part.trim()));
}

function duration(text: string): number {
  const time = millisecondsOf(text as Duration) ?? 0;
  if (time >= 1000) return time;
  throw new InvalidArgumentError("It is a time such as 30m, 1h or 2d, a second at least.");
}
