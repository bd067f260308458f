import { isDeepStrictEqual } from "node:util";
import type { ChangeKind, FlagDefinition, FlagSet } from "@burgee/core";
import { ask } from "../ask.js";
import { commitChange } from "../commit-change.js";
import type { Ending } from "../exit-codes.js";
import { Failure } from "../failure.js";
import { findFlag, flagIn, readFlags } from "../find-flag.js";
import type { OpenStore } from "../open-store.js";
import { populationOf } from "../population.js";
import type { Session } from "../session.js";
import { awaitInstances, instancesText } from "./instances.js";
import { makePreview, previewText } from "./preview.js";
import { stopIfBroken } from "./stop-if-broken.js";

/** A flag of a store, to be changed. */
export interface FoundFlag extends FoundPlace {
  readonly flag: FlagDefinition;
}

/** Where a flag of a store is, or was. */
export interface FoundPlace {
  readonly key: string;
  /** Undefined if it is not there, or no more. */
  readonly flag: FlagDefinition | undefined;
  readonly flagSet: FlagSet;
  readonly opened: OpenStore;
  /** Milliseconds since the epoch: whole seconds, as rules have them. */
  readonly now: number;
}

/** What becomes of it. */
export interface Edit {
  readonly flag: FlagDefinition;
  /** What is done to it, in words: "to on for 10 %". */
  readonly title: string;
  /** Why, for the history. */
  readonly reason: string;
  /** When to look at what it serves, besides now, in milliseconds since the epoch. */
  readonly moments?: readonly number[];
}

/** How a flag is changed by hand. */
export interface ChangeOptions {
  readonly kind: ChangeKind;
  /** Whether nobody is to be asked. */
  readonly yes?: true | undefined;
  /** A file of contexts that it is tried on. */
  readonly contexts?: string | undefined;
  /**
   * Whether it is made anew where somebody else changes the flag meanwhile.
   *
   * @default false: the flag is left alone then, since what was shown is not what would be written
   */
  readonly insists?: true;
}

/**
 * Changes one flag of the store, as {@link putFlag} does.
 *
 * @throws Failure `usage` if it is not there
 */
export function changeFlag(
  session: Session,
  key: string,
  options: ChangeOptions,
  edit: (found: FoundFlag) => Edit | Promise<Edit>,
): Promise<Ending> {
  return putFlag(session, key, options, (place) => {
    return edit({ ...place, flag: findFlag(place.flagSet, key, place.opened) });
  });
}

/**
 * Changes one flag of the store, or puts it there: says who will see what, asks, writes, and says which instances have
 * it.
 *
 * @param edit what becomes of the flag; it may refuse, by throwing a Failure. It is asked twice: to be
 * shown, and when it is written, since a rule that grows has grown meanwhile
 */
export async function putFlag(
  session: Session,
  key: string,
  { kind, yes, contexts = session.settings.contexts, insists }: ChangeOptions,
  edit: (place: FoundPlace) => Edit | Promise<Edit>,
): Promise<Ending> {
  const { output } = session;
  const opened = await session.openStore();
  const { flagSet } = await readFlags(opened);
  const flag = flagIn(flagSet, key);
  const now = wholeSecond();
  const made = await edit({ key, flag, flagSet, opened, now });
  const facts = { store: opened.name, flag: key, kind };
  if (isDeepStrictEqual(made.flag, flag)) {
    const done = `${key} of ${opened.name} is so already; nothing was written.`;
    output.tell({ ...facts, written: false }, done);
    return "ok";
  }
  const after = { ...flagSet, flags: { ...flagSet.flags, [key]: made.flag } };
  stopIfBroken(key, after);
  const population = await populationOf(contexts, flagSet, after).catch((error) => {
    if (!insists) throw error;
    return populationOf(undefined, flagSet, after); // it is not held up by who it is tried on
  });
  const moments = [now, ...(made.moments ?? [])] as const;
  const preview = makePreview(key, flagSet, after, population, moments);
  output.say(previewText(`${kind} ${key} of ${opened.name}: ${made.title}`, preview, population));
  await ask(output, `${kind} ${key}?`, yes);

  const by = await session.authorship();
  const entry = await commitChange(opened, async (held) => {
    const current = flagIn(held, key);
    if (!insists && !isDeepStrictEqual(current, flag)) throw changedMeanwhile(key);
    const place = { key, flag: current, flagSet: held, opened, now: wholeSecond() };
    const { flag: next, reason } = await edit(place);
    return { ...by, kind, reason, flags: { put: { [key]: next } } };
  });
  const instances = entry && (await awaitInstances(opened, entry, output));
  output.tell(
    { ...facts, written: true, entry, of: population.contexts.length, ...preview, instances },
    () => {
      const written = `${opened.name} is at revision ${entry?.revision}.`;
      return `${output.colors.green(written)} ${instancesText(instances, opened)}`;
    },
  );
  return "ok";
}

function wholeSecond(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}

function changedMeanwhile(key: string): Failure {
  const what = `${key} was changed by somebody else meanwhile, and nothing was written; look at \`burgee history\`, and try again.`;
  return new Failure("conflict", what);
}
