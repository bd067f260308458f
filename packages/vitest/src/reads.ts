import { type Definitions, defineFlags, type Flags } from "@burgee/core";
import { frames, framesAround, isOfTest, type NotedRead } from "./frames.js";

/** Notes what the scopes of these Flags read from now on. */
export function watch(flags: Flags): void {
  if (frames.watched.has(flags)) return;
  frames.watched.add(flags);
  const given: Definitions = flags.definitions;
  if (!frames.definitions.has(given)) frames.definitions.set(given, defineFlags(given));
  flags.observe({ exposure: (exposure) => note({ flags, exposure }) });
}

/**
 * Notes a read in all frames it happened in. One that was in no test's (of a server that listens since
 * before the test) is of the one test that runs, if it is one.
 */
function note(read: NotedRead): void {
  const around = framesAround().filter(({ shared, ended }) => !shared && !ended);
  const [only, ...others] = frames.running;
  const alone = only !== undefined && others.length === 0 ? [only] : [];
  for (const frame of around.length > 0 ? around : alone) frame.reads.push(read);
}

/** What the test that runs has read so far; undefined outside of any test's frame. */
export function readsOfTest(): readonly NotedRead[] | undefined {
  return framesAround().find(isOfTest)?.reads;
}

/** The definitions of all Flags that have opened a scope in this process. */
export function knownDefinitions(): readonly Definitions[] {
  return [...frames.definitions.values()];
}
