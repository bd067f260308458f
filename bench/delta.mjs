import assert from "node:assert/strict";
import { defaultOf, rulesetOf } from "./adapters/burgee.mjs";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { flagdDefinition, flagdDocument } from "./lib/flagd-document.mjs";
import { time, timeOnce } from "./lib/measure.mjs";
import { makeContexts, makeFlags } from "./lib/spec.mjs";
import { timed } from "./lib/verify.mjs";

export const title = "What does it cost to change one flag of 10,000?";

export const figures = {
  delta: "a delta of one flag, ms",
  firstDelta: "the first delta, ms",
  load: "a full load, ms",
  timesFaster: "a delta goes into a load, times",
};

export const isFor = (name) => name === burgee;

const flags = makeFlags(10_000);
const [context] = makeContexts(1);
const changed = flags[timed.w4];

/** Deltas of one flag: the first gives it another value, the second its own again. */
const deltas = [{ ...changed, rules: [], default: "v3" }, changed].map((flag) => ({
  flags: { put: { [flag.key]: flagdDefinition(flag) }, remove: [] },
}));
const changedValues = ["v3", "v10"];

export async function measure() {
  const document = flagdDocument(flags);
  const first = await firstDelta(document);

  // Each delta is applied to what the one before it gave, and the flag is read: it is compiled, too.
  let ruleset = first.result;
  let turn = 0;
  const delta = await time(() => {
    turn = 1 - turn;
    ruleset = ruleset.apply(deltas[turn]);
    return valueIn(ruleset, changed);
  });
  assert.equal(valueIn(ruleset, changed), changedValues[turn], "the last delta counts");
  const loaded = rulesetOf(document);
  for (const flag of flags.filter((flag) => flag !== changed)) {
    assert.equal(valueIn(ruleset, flag), valueIn(loaded, flag), `${flag.key} is as it was`);
  }

  const load = await time(() => rulesetOf(document));
  return {
    delta: delta / 1e6,
    firstDelta: first.milliseconds,
    load: load / 1e6,
    timesFaster: load / delta,
  };
}

/** The first delta of the process, on a ruleset whose flags were all read. */
async function firstDelta(document) {
  const loaded = rulesetOf(document);
  for (const flag of flags) valueIn(loaded, flag);
  const first = await timeOnce(() => {
    const ruleset = loaded.apply(deltas[0]);
    assert.equal(valueIn(ruleset, changed), changedValues[0], "a delta changes the flag");
    return ruleset;
  });
  assert.equal(valueIn(loaded, changed), changedValues[1], "but not in the ruleset before it");
  return first;
}

function valueIn(ruleset, flag) {
  return ruleset.evaluate(flag.key, defaultOf(flag), context).value;
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  return [atMost("a delta of one flag of 10,000", "ms", answers[burgee]?.delta, 1)];
}
