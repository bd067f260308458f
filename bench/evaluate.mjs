import { burgee, isPeer, keyed } from "./lib/adapters.mjs";
import { atMost, times } from "./lib/bounds.mjs";
import { time } from "./lib/measure.mjs";
import { makeContexts, makeFlags } from "./lib/spec.mjs";
import { timed, verify } from "./lib/verify.mjs";

export const title = "What does an evaluation cost, with 1,000 flags loaded?";

export const figures = {
  W1: "W1 static, ns",
  W2: "W2 one rule, ns",
  W3: "W3 rollout, ns",
  W4: "W4 ten rules, ns",
  W5: "W5 bulk of 1,000, ns a flag",
  W6: "W6 missing, ns",
};

export const isFor = () => true;

/** @param {import("./lib/adapters.mjs").Adapter} adapter */
export async function measure({ prepare, load }) {
  const flags = makeFlags(1000);
  const spec = makeContexts(1000);
  const loaded = await load(prepare(flags), flags);
  await verify(loaded, flags, spec);

  const contexts = spec.map((context) => loaded.context(context));
  let turn = 0;
  const next = () => {
    turn = turn === 999 ? 0 : turn + 1;
    return contexts[turn];
  };
  const answer = {
    W1: await time(() => loaded.evaluate(timed.w1, next())),
    W2: await time(() => loaded.evaluate(timed.w2, next())),
    W3: await time(() => loaded.evaluate(timed.w3, next())),
    W4: await time(() => loaded.evaluate(timed.w4, next())),
    W6: await time(() => loaded.evaluate(-1, next())),
    W5: (await time(() => loaded.evaluateAll(next()))) / flags.length,
  };
  await loaded.close();
  return answer;
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  const limit = answers[keyed];
  const peers = Object.keys(answers).filter(isPeer);
  const rows = ["W1", "W2", "W3", "W4", "W5"];
  const hit = times(1.5, ours?.W1);
  const miss = times(2, limit?.W6);
  return [
    ...rows.map((row) =>
      atMost(`${row}: twice the keyed limit`, "ns", ours?.[row], times(2, limit?.[row])),
    ),
    ...rows.map((row) => {
      const best = peers.reduce(
        (first, second) => (answers[second][row] < answers[first][row] ? second : first),
        peers[0],
      );
      const fifth = times(0.2, answers[best]?.[row]);
      return atMost(
        `${row}: a fifth of the best peer, ${best ?? "none"}`,
        "ns",
        ours?.[row],
        fifth,
      );
    }),
    atMost(
      "W6: 1.5 of W1, or twice the keyed limit",
      "ns",
      ours?.W6,
      hit === undefined || miss === undefined ? (hit ?? miss) : Math.max(hit, miss),
    ),
  ];
}
