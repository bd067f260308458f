import assert from "node:assert/strict";
import { createFlags } from "@burgee/core";
import { createMonitor } from "@burgee/monitor";
import { memoryStore } from "@burgee/stores/memory";
import { burgee } from "./lib/adapters.mjs";
import { atMost } from "./lib/bounds.mjs";
import { paired } from "./lib/paired.mjs";

export const title = "What does the monitor add to a request that reads five flags, each split?";

export const figures = {
  control: "the same again, µs",
  adds: "the monitor adds, µs",
  fails: "to one that fails, µs",
  arrives: "to one of a new user, µs",
  snapshot: "a snapshot of all there is room for, µs",
  text: "the same as OpenMetrics text, µs",
};

export const isFor = (name) => name === burgee;

const keys = ["a", "b", "c", "d", "e"];
const definitions = Object.fromEntries(keys.map((key) => [key, { default: false }]));
const document = Object.fromEntries(
  keys.map((key) => [
    key,
    {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: "off",
      targeting: {
        fractional: [
          ["on", 50],
          ["off", 50],
        ],
      },
    },
  ]),
);

const users = Array.from({ length: 1000 }, (_, index) => ({ targetingKey: `user-${index}` }));
const failure = new TypeError("no total");

export async function measure() {
  const [bare, again, watched] = await Promise.all([open(), open(), open()]);
  const monitor = createMonitor(watched);
  const costs = await paired(
    {
      bare: requests(bare),
      again: requests(again),
      watched: requests(watched),
      bareFails: requests(bare, failure),
      watchedFails: requests(watched, failure),
    },
    { blocks: 800 },
  );
  assert(countOf(monitor) > 800 * 100 * keys.length, "each read counts");
  const arrivals = await paired(
    { bare: newcomers(bare), watched: newcomers(watched) },
    { blocks: 200, perBlock: 50 },
  );
  const full = fillUp();
  const reads = await paired(
    { snapshot: () => full.snapshot(), text: () => full.prometheus() },
    { blocks: 20, perBlock: 1 },
  );
  for (const flags of [bare, again, watched]) flags.close();
  return {
    control: Math.abs(costs.again - costs.bare) / 1000,
    adds: (costs.watched - costs.bare) / 1000,
    fails: (costs.watchedFails - costs.bareFails) / 1000,
    arrives: (arrivals.watched - arrivals.bare) / 1000,
    snapshot: reads.snapshot / 1000,
    text: reads.text / 1000,
  };
}

/** Flags that tell of each end, to an observer that does nothing. */
async function open() {
  const flags = createFlags(definitions, { source: memoryStore({ flags: document }) });
  flags.observe({ settled() {} });
  assert(await flags.ready(), "the flags are there");
  return flags;
}

function requests(flags, error) {
  let turn = 0;
  return () => {
    turn = turn === users.length - 1 ? 0 : turn + 1;
    request(flags, users[turn], error);
  };
}

/** Requests of which each is another user's: these are looked at by whether a split is one. */
function newcomers(flags) {
  let user = 0;
  return () => request(flags, { targetingKey: `newcomer-${user++}` });
}

function request(flags, context, error) {
  const scope = flags.open(context);
  for (const key of keys) scope.get(key);
  if (error !== undefined) scope.fail(error);
  scope.settle();
}

/** A monitor that has as many cells, and error types, as there is room for. */
function fillUp() {
  const keys = Array.from({ length: 600 }, (_, index) => `flag-${index}`);
  const flags = createFlags(Object.fromEntries(keys.map((key) => [key, { default: false }])), {
    source: memoryStore(),
  });
  flags.observe({ problem() {} }); // none of them is in the store
  const monitor = createMonitor(flags);
  for (const [index, key] of keys.entries()) {
    const scope = flags.scope({});
    scope.get(key);
    if (index % 2 === 0) scope.fail(failure);
    scope.settle();
  }
  return monitor;
}

function countOf(monitor) {
  return monitor.snapshot().cells.reduce((sum, { exposures }) => sum + exposures, 0);
}

/** @type {import("./lib/ask.mjs").Question["bounds"]} */
export function bounds(answers) {
  const ours = answers[burgee];
  return [
    atMost("the monitor adds to a request of five flags", "µs", ours?.adds, 0.8),
    atMost("a snapshot of all there is room for", "µs", ours?.snapshot, 5000),
    atMost("the same as OpenMetrics text", "µs", ours?.text, 50_000),
  ];
}
