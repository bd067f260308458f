import assert from "node:assert/strict";
import { burgee, closures } from "./lib/adapters.mjs";
import { atMost, times } from "./lib/bounds.mjs";
import { heapInUse, timeOnce } from "./lib/measure.mjs";
import { expected, makeContexts, makeFlags } from "./lib/spec.mjs";

export const title = "What does it cost to load 10,000 flags, in a process that has loaded none?";

export const figures = {
  load: "load, ms",
  firstReads: "first read of each flag, ms",
  heap: "heap after load, MiB",
  heapRead: "heap after each flag was read, MiB",
};

export const isFor = () => true;

/** What is collected during the load is part of it: the collector does not work on another core meanwhile. */
export const nodeOptions = ["--single-threaded-gc"];

/** @param {import("./lib/adapters.mjs").Adapter} adapter */
export async function measure({ prepare, load }) {
  const flags = makeFlags(10_000);
  const document = asItArrives(prepare(flags));
  const [context] = makeContexts(1);

  const before = await heapInUse();
  const { milliseconds, result: loaded } = await timeOnce(() => load(document, flags));
  const inUse = { flags, document, loaded }; // not garbage until its last use, below
  const heap = await heapInUse();
  const own = loaded.context(context);
  const firstReads = await timeOnce(async () => {
    for (const [index, flag] of flags.entries()) {
      const evaluated = loaded.evaluate(index, own);
      const details = evaluated instanceof Promise ? await evaluated : evaluated;
      if (flag.rollout !== undefined) continue;
      assert.equal(loaded.value(details), expected(flag, context), flag.key);
    }
  });
  const heapRead = await heapInUse();
  await inUse.loaded.close();

  return {
    load: milliseconds,
    firstReads: firstReads.milliseconds,
    heap: heap - before,
    heapRead: heapRead - before,
  };
}

/** A text as a file or a socket gives it: of one piece, not the many that it was written in. */
function asItArrives(text) {
  return Buffer.from(text).toString();
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  return [
    atMost("load: half of the closures", "ms", ours?.load, times(0.5, answers[closures]?.load)),
    atMost("heap after load", "MiB", ours?.heap, 15),
    atMost("heap after each flag was read", "MiB", ours?.heapRead, 40),
  ];
}
